//! The claims of plan-refresh. Stocks are due in transactions that are never committed, so that the
//! running stack does not refresh them.

use serde_json::{Value, json};
use tokio_postgres::Transaction;

use super::world::{World, bar};

/// One plan with this benchmark.
async fn plan(change: &Transaction<'_>, limit: i32, benchmark: &str) -> Value {
    let sql = "select public.claim_due_stocks('20 hours', '14 days', $1, $2)::text";
    let text: String = change.query_one(sql, &[&limit, &benchmark]).await.unwrap().get(0);
    serde_json::from_str(&text).unwrap()
}

/// The stocks of one plan.
async fn planned(change: &Transaction<'_>, limit: i32) -> Vec<Value> {
    plan(change, limit, "SPX").await["stocks"].as_array().unwrap().clone()
}

/// The symbols of one plan.
async fn claimed(change: &Transaction<'_>, limit: i32) -> Vec<String> {
    let stocks = planned(change, limit).await;
    stocks.iter().map(|stock| stock["symbol"].as_str().unwrap().to_owned()).collect()
}

/// Sets these columns of the stock; the others as if it was refreshed now.
async fn set(change: &Transaction<'_>, symbol: &str, columns: &str) {
    let sql = format!(
        "update private.stocks set active = true, refreshed_at = now(), retry_at = null,
           claimed_until = null, reconcile_tried_at = null where symbol = '{symbol}';
         update private.stocks set {columns} where symbol = '{symbol}'"
    );
    change.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a_stock_is_due_at_its_retry_or_its_age_unless_it_is_claimed() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    for (columns, is_due) in [
        ("refreshed_at = null", true),
        ("refreshed_at = now() - interval '20 hours'", true),
        ("refreshed_at = now() - interval '19 hours 59 minutes'", false),
        ("refreshed_at = null, active = false", false),
        ("refreshed_at = null, retry_at = now() + interval '1 second'", false),
        ("refreshed_at = null, retry_at = now()", true),
        ("retry_at = now()", true),
        ("refreshed_at = null, claimed_until = now() + interval '1 second'", false),
        ("refreshed_at = null, claimed_until = now()", true),
    ] {
        set(&change, &symbol, columns).await;
        assert_eq!(claimed(&change, 10_000).await.contains(&symbol), is_due, "{columns}");
        assert!(!claimed(&change, 10_000).await.contains(&symbol), "claimed twice: {columns}");
    }
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_plan_claims_no_more_than_its_limit_and_the_benchmark_first() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    for due in [&symbol, "SPX"] {
        set(&change, due, "refreshed_at = '-infinity'").await;
    }
    assert_eq!(claimed(&change, 1).await, ["SPX"]);
    assert_eq!(claimed(&change, 1).await.len(), 1);
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_plan_has_the_status_of_the_benchmark() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    for (columns, status) in [
        ("as_of = null", json!("pending")),
        ("as_of = '2024-01-02'", json!("active")),
        ("as_of = '2024-01-02', active = false", json!("inactive")),
    ] {
        set(&change, &symbol, columns).await;
        assert_eq!(plan(&change, 1, &symbol).await["benchmark_status"], status);
    }
    assert_eq!(plan(&change, 1, "UNKNOWN").await["benchmark_status"], Value::Null);
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_plan_does_not_wait_for_the_claims_of_another() {
    let World { symbol, stack, mut admin, .. } = World::new().await;
    let due = "update private.stocks set refreshed_at = '-infinity' where symbol = $1";
    admin.execute(due, &[&symbol]).await.unwrap();
    let mut other = stack.admin().await;
    let (one, two) = (admin.transaction().await.unwrap(), other.transaction().await.unwrap());
    two.batch_execute("set local lock_timeout = '1 s'").await.unwrap();
    assert!(claimed(&one, 10_000).await.contains(&symbol));
    assert!(!claimed(&two, 10_000).await.contains(&symbol));
    two.rollback().await.unwrap();
    one.rollback().await.unwrap();
    let done = "update private.stocks set refreshed_at = now() where symbol = $1";
    admin.execute(done, &[&symbol]).await.unwrap();
}

#[tokio::test]
async fn a_claim_ends_with_a_refresh_or_a_failure() {
    let world = World::new().await;
    claim(&world).await;
    assert_eq!(world.apply(0, true, &json!([bar("2024-01-02")])).await.status, 200);
    assert!(!is_claimed(&world).await, "a refresh");
    claim(&world).await;
    let failure = json!({
        "p_symbol": world.symbol, "p_version": 1, "p_code": "a", "p_detail": "b",
    });
    let reply = world.stack.rest_as_service("POST", "/rpc/record_refresh_error", &failure).await;
    assert_eq!(reply.status, 204);
    assert!(!is_claimed(&world).await, "a failure");
}

#[tokio::test]
async fn a_plan_releases_only_its_own_claims() {
    let world = World::new().await;
    claim(&world).await;
    for (planned_at, is_claimed_still) in
        [("2124-01-01T21:59:59.999999Z", true), ("2124-01-01T22:00:00Z", false)]
    {
        let arguments = json!({ "p_symbols": [world.symbol], "p_planned_at": planned_at });
        let reply = world.stack.rest_as_service("POST", "/rpc/release_stocks", &arguments).await;
        assert_eq!(reply.status, 204);
        assert_eq!(is_claimed(&world).await, is_claimed_still, "{planned_at}");
    }
}

/// Claims the stock as a plan does, two hours before.
async fn claim(world: &World) {
    let claim =
        "update private.stocks set claimed_until = '2124-01-02T00:00:00Z' where symbol = $1";
    world.admin.execute(claim, &[&world.symbol]).await.unwrap();
}

async fn is_claimed(world: &World) -> bool {
    let sql = "select claimed_until is not null from private.stocks where symbol = $1";
    world.admin.query_one(sql, &[&world.symbol]).await.unwrap().get(0)
}

#[tokio::test]
async fn the_whole_history_is_fetched_once_in_each_interval() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let slot = format!("private.reconcile_slot('{symbol}', '14 days', now())");
    for (columns, full) in [
        (format!("reconciled_at = {slot} - interval '1 second'"), json!("reconcile")),
        (format!("reconciled_at = {slot}"), Value::Null),
        // A first refresh fetches everything.
        ("reconciled_at = null".to_owned(), Value::Null),
        // A failing stock is refreshed as usual.
        ("reconciled_at = '-infinity', refresh_failures = 1".to_owned(), Value::Null),
    ] {
        set(&change, &symbol, &format!("refreshed_at = '-infinity', {columns}")).await;
        assert_eq!(full_fetch(&change, &symbol).await, full, "{columns}");
    }
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_full_fetch_is_tried_once_in_each_interval() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let slot = format!("private.reconcile_slot('{symbol}', '14 days', now())");
    for (tried, full) in [
        ("null".to_owned(), json!("reconcile")),
        (format!("{slot} - interval '1 second'"), json!("reconcile")),
        // It was rejected, and the refresh after it succeeded.
        (slot, Value::Null),
    ] {
        let columns = format!(
            "refreshed_at = '-infinity', reconciled_at = '-infinity', reconcile_tried_at = {tried}"
        );
        set(&change, &symbol, &columns).await;
        assert_eq!(full_fetch(&change, &symbol).await, full, "{tried}");
    }
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_full_fetch_that_was_not_queued_is_tried_again() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    set(&change, &symbol, "refreshed_at = '-infinity', reconciled_at = '-infinity'").await;
    let release = "select public.release_stocks(array[$1], now())";
    for _ in 0..2 {
        assert_eq!(full_fetch(&change, &symbol).await, json!("reconcile"));
        change.execute(release, &[&symbol]).await.unwrap();
    }
    change.rollback().await.unwrap();
}

/// How the next plan fetches the stock.
async fn full_fetch(change: &Transaction<'_>, symbol: &str) -> Value {
    let stocks = planned(change, 10_000).await;
    stocks.iter().find(|stock| stock["symbol"] == symbol).unwrap()["full"].clone()
}

#[tokio::test]
async fn full_fetches_are_spread_over_the_interval_by_symbol() {
    let World { admin, .. } = World::new().await;
    let sql = "select count(*) from generate_series(1, 1400) as number,
          lateral (select '2024-01-15T12:00:00Z'::timestamptz as at) as now,
          lateral (select private.reconcile_slot('S' || number, '14 days', at) as slot) as it
        where slot <= at and slot > at - interval '14 days'
        group by floor(extract(epoch from at - slot) / 86400)";
    let days = admin.query(sql, &[]).await.unwrap();
    let counts: Vec<i64> = days.iter().map(|row| row.get(0)).collect();
    assert_eq!((counts.len(), counts.iter().sum::<i64>()), (14, 1400));
    assert!(counts.iter().all(|count| (60..=140).contains(count)), "{counts:?}");
}

#[tokio::test]
async fn a_replacement_reconciles_a_stock_and_an_append_does_not() {
    let world = World::new().await;
    let sql = "select reconciled_at = refreshed_at from private.stocks where symbol = $1";
    for (version, is_replacement) in [(0, true), (1, false), (2, true)] {
        let days = json!([bar("2024-01-02"), bar("2024-01-03")]);
        assert_eq!(world.apply(version, is_replacement, &days).await.status, 200);
        let row = world.admin.query_one(sql, &[&world.symbol]).await.unwrap();
        assert_eq!(row.get::<_, bool>(0), is_replacement);
    }
}
