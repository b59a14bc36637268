//! The calls of providers of market data.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use support::stack::Stack;
use tokio_postgres::Client;

use super::world::World;

/// A provider of its own, used up to these numbers of calls in the hour and the day of `now`.
async fn used(admin: &Client, hour: i32, day: i32) -> String {
    let provider = uuid::Uuid::new_v4().to_string();
    let insert = "insert into private.provider_calls
          (provider, window_start, window_calls, day_start, day_calls)
        values ($1, date_bin('1 hour', now(), 'epoch'), $2, date_bin('1 day', now(), 'epoch'), $3)";
    admin.execute(insert, &[&provider, &hour, &day]).await.unwrap();
    provider
}

/// Seconds from the begin of this hour and of this day to the retry; `None` for a call.
async fn taken(admin: &Client, provider: &str, budget: &str) -> Option<[i64; 2]> {
    let sql = format!(
        "select extract(epoch from retry - date_bin('1 hour', now(), 'epoch'))::bigint,
           extract(epoch from retry - date_bin('1 day', now(), 'epoch'))::bigint
         from public.take_provider_call($1, {budget}) as retry"
    );
    let row = admin.query_one(&sql, &[&provider]).await.unwrap();
    row.get::<_, Option<i64>>(0).map(|of_hour| [of_hour, row.get(1)])
}

/// The number of this hour.
async fn hour(admin: &Client) -> i64 {
    let sql = "select extract(epoch from date_bin('1 hour', clock_timestamp(), 'epoch'))::bigint";
    admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) / HOUR
}

/// The result of a scenario within one hour: one that a full hour interrupts is repeated, as its
/// windows are those of the clock.
async fn within_an_hour<T>(scenario: impl AsyncFn(&Client) -> T) -> T {
    let admin = Stack::running().admin().await;
    loop {
        let began = hour(&admin).await;
        let result = scenario(&admin).await;
        if hour(&admin).await == began {
            return result;
        }
    }
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

#[tokio::test]
async fn refused_calls_are_spread_over_the_next_windows() {
    let retries = within_an_hour(async |admin| {
        let provider = used(admin, 1, 1).await;
        let mut retries = Vec::new();
        for _ in 0..6 {
            let retry = taken(admin, &provider, "2, '1 hour', null").await;
            retries.push(retry.map(|[of_hour, _]| of_hour / HOUR));
        }
        retries
    });
    assert_eq!(retries.await, [None, Some(1), Some(1), Some(2), Some(2), Some(3)]);
}

#[tokio::test]
async fn a_day_has_its_own_budget() {
    let retries = within_an_hour(async |admin| {
        let provider = used(admin, 0, 4).await;
        let first = taken(admin, &provider, "9, '1 hour', 5").await;
        (first, taken(admin, &provider, "9, '1 hour', 5").await.map(|[_, of_day]| of_day))
    });
    assert_eq!(retries.await, (None, Some(DAY)));
}

#[tokio::test]
async fn calls_that_the_rate_refuses_are_none_of_the_days() {
    let retries = within_an_hour(async |admin| {
        let provider = used(admin, 9, 4).await;
        let refused = taken(admin, &provider, "9, '1 hour', 5").await;
        (refused.map(|[of_hour, _]| of_hour), taken(admin, &provider, "null, null, 5").await)
    });
    assert_eq!(retries.await, (Some(HOUR), None));
}

#[tokio::test]
async fn a_budget_begins_anew_with_its_window_and_its_day() {
    let retries = within_an_hour(async |admin| {
        let provider = used(admin, 9, 9).await;
        let used_up = taken(admin, &provider, "9, '1 hour', 9").await;
        let past = "update private.provider_calls
            set window_start = window_start - interval '1 hour',
              day_start = day_start - interval '1 day' where provider = $1";
        admin.execute(past, &[&provider]).await.unwrap();
        (used_up.is_some(), taken(admin, &provider, "9, '1 hour', 9").await)
    });
    assert_eq!(retries.await, (true, None));
}

#[tokio::test]
async fn concurrent_calls_take_no_more_than_the_budget() {
    let taken = within_an_hour(async |_| {
        let arguments = json!({
            "p_provider": uuid::Uuid::new_v4(), "p_calls": null, "p_window": null,
            "p_daily_calls": 5,
        });
        let calls = (0..20).map(|_| {
            let (stack, arguments) = (Stack::running(), arguments.clone());
            tokio::spawn(async move {
                stack.rest_as_service("POST", "/rpc/take_provider_call", &arguments).await.json()
            })
        });
        let mut taken = 0;
        for call in calls.collect::<Vec<_>>() {
            taken += usize::from(call.await.unwrap().is_null());
        }
        taken
    });
    assert_eq!(taken.await, 5);
}

#[tokio::test]
async fn a_paused_provider_is_called_by_nobody_until_then() {
    let admin = Stack::running().admin().await;
    let provider = used(&admin, 0, 0).await;
    let pause = "select public.pause_provider($1, $2, null)";
    admin.execute(pause, &[&provider, &Some(3600)]).await.unwrap();
    // A shorter pause does not end a longer one.
    admin.execute(pause, &[&provider, &Some(1)]).await.unwrap();
    let sql = "select retry - now() > interval '59 minutes', retry - now() < interval '61 minutes'
        from public.take_provider_call($1, null, null, null) as retry";
    let row = admin.query_one(sql, &[&provider]).await.unwrap();
    assert_eq!((row.get(0), row.get(1)), (true, true));
    let over = "update private.provider_calls set paused_until = now() where provider = $1";
    admin.execute(over, &[&provider]).await.unwrap();
    assert_eq!(taken(&admin, &provider, "null, null, null").await, None);
}

#[tokio::test]
async fn a_postponed_stock_keeps_its_error_and_its_failures() {
    let World { symbol, stack, admin, .. } = World::new().await;
    let failed = json!({ "p_symbol": symbol, "p_version": 0, "p_code": "a", "p_detail": "b" });
    stack.rest_as_service("POST", "/rpc/record_refresh_error", &failed).await;
    let claim = "update private.stocks set claimed_until = 'infinity', retry_at = null
        where symbol = $1";
    for (seconds, until, minutes) in [
        (Some(7200), None, 120),
        (None, None, 15),
        (Some(1_000_000), None, 24 * 60),
        (None, Some(Timestamp::now() + SignedDuration::from_mins(30)), 30),
        (None, Some(Timestamp::now() + SignedDuration::from_hours(100)), 24 * 60),
    ] {
        admin.execute(claim, &[&symbol]).await.unwrap();
        let arguments = json!({ "p_symbol": symbol, "p_seconds": seconds, "p_until": until });
        let reply = stack.rest_as_service("POST", "/rpc/postpone_refresh", &arguments).await;
        assert_eq!(reply.status, 204);
        let sql = "select (extract(epoch from retry_at - now()) / 60)::double precision,
              claimed_until is null and refresh_failures = 1 and refresh_error ->> 'code' = 'a'
            from private.stocks where symbol = $1";
        let row = admin.query_one(sql, &[&symbol]).await.unwrap();
        let wait: f64 = row.get(0);
        assert!((wait - f64::from(minutes)).abs() < 1.0, "{wait} {minutes}");
        assert!(row.get::<_, bool>(1));
    }
}

#[tokio::test]
async fn a_postponed_stock_keeps_a_later_retry() {
    let World { symbol, admin, .. } = World::new().await;
    let later = "update private.stocks set retry_at = now() + interval '2 hours' where symbol = $1";
    admin.execute(later, &[&symbol]).await.unwrap();
    let postpone = "select public.postpone_refresh($1, 60, null)";
    admin.execute(postpone, &[&symbol]).await.unwrap();
    let sql = "select retry_at > now() + interval '1 hour' from private.stocks where symbol = $1";
    assert!(admin.query_one(sql, &[&symbol]).await.unwrap().get::<_, bool>(0));
}
