use market::Bar;
use serde_json::{Value, json};
use support::Response;

use super::world::{World, bar};

#[track_caller]
fn assert_refusal(reply: &Response, status: u16, message: &str) -> String {
    let error = reply.json();
    assert_eq!((reply.status, &error["code"]), (status, &json!(format!("PT{status}"))), "{error}");
    assert_eq!(error["message"], message, "{error}");
    error["details"].as_str().unwrap_or_default().to_owned()
}

/// Everything a refresh could change.
async fn stored(world: &World) -> String {
    let sql = "select jsonb_build_array(to_jsonb(s),
          (select jsonb_agg(b order by day) from public.price_bars as b where stock_id = s.id),
          (select jsonb_agg(h order by day) from public.metric_history as h where stock_id = s.id),
          (select to_jsonb(m) from public.stock_metrics as m where stock_id = s.id))::text
        from private.stocks as s where symbol = $1";
    world.admin.query_one(sql, &[&world.symbol]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_refresh_of_an_unknown_stock_is_rejected() {
    let mut world = World::new().await;
    "UNKNOWN".clone_into(&mut world.symbol);
    assert_refusal(
        &world.apply(0, true, &json!([bar("2024-01-02")])).await,
        404,
        "stock_not_found",
    );
}

#[tokio::test]
async fn the_provider_of_a_history_is_the_one_that_replaced_it() {
    let world = World::new().await;
    assert_eq!(provider(&world).await, Value::Null);
    let days = json!([bar("2024-01-02"), bar("2024-01-03")]);
    let tiingo = json!({ "p_provider": "tiingo", "p_replace": true });
    assert_eq!(world.apply_with(0, &days, &tiingo).await.status, 200);
    assert_eq!(world.apply(1, false, &json!([bar("2024-01-04")])).await.status, 200);
    assert_eq!(provider(&world).await, "tiingo");
    let days = json!([bar("2024-01-02"), bar("2024-01-03"), bar("2024-01-04")]);
    assert_eq!(world.apply(2, true, &days).await.status, 200);
    assert_eq!(provider(&world).await, "csv");
}

async fn provider(world: &World) -> Value {
    let arguments = json!({ "p_symbol": world.symbol, "p_benchmark": "SPX" });
    let state = world.stack.rest_as_service("POST", "/rpc/refresh_state", &arguments).await;
    state.json()["provider"].clone()
}

#[tokio::test]
async fn a_refresh_of_another_version_changes_nothing() {
    let world = World::new().await.refreshed().await;
    let before = stored(&world).await;
    for version in [0, 2] {
        let reply = world.apply(version, false, &json!([bar("2024-01-04")])).await;
        assert_eq!(
            assert_refusal(&reply, 412, "stale_version"),
            format!("{} is at version 1.", world.symbol)
        );
    }
    assert_eq!(stored(&world).await, before);
}

#[tokio::test]
async fn the_failure_of_another_version_changes_nothing() {
    let world = World::new().await.refreshed().await;
    let before = stored(&world).await;
    for version in [0, 2] {
        let arguments = json!({
            "p_symbol": world.symbol, "p_version": version, "p_code": "a", "p_detail": "b",
        });
        let reply =
            world.stack.rest_as_service("POST", "/rpc/record_refresh_error", &arguments).await;
        assert_refusal(&reply, 412, "stale_version");
    }
    assert_eq!(stored(&world).await, before);
}

#[tokio::test]
async fn days_that_cannot_be_stored_are_rejected_and_shown() {
    let world = World::new().await.refreshed().await;
    for (version, replace) in [(1, false), (2, true)] {
        let days =
            ["1989-12-29", "1989-12-29", "2024-01-04", "2045-12-29", "2046-01-02", "2046-01-03"];
        let options = json!({ "p_replace": replace, "p_force": replace });
        let reply = world.apply_with(version, &json!(days.map(bar)), &options).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
        assert_eq!(span(&world).await[1].as_deref(), Some("2024-01-04"));
        let expected = json!({
            "count": 4, "clipped": 0, "reasons": ["days that cannot be stored: 4"],
            "days": ["1989-12-29", "2045-12-29", "2046-01-02", "2046-01-03"],
        });
        assert_eq!(rejected_rows(&world).await, expected);
    }
    let nothing = world.apply(3, true, &json!([bar("2046-01-02")])).await;
    assert_refusal(&nothing, 422, "invalid_rows");
    assert_eq!(world.apply(3, false, &json!([bar("2024-01-05")])).await.status, 200);
    assert_eq!(rejected_rows(&world).await, Value::Null);
}

#[tokio::test]
async fn a_stock_shows_the_rows_that_its_refresh_rejected() {
    let world = World::new().await;
    let rejected = json!({
        "count": 2, "clipped": 1, "reasons": ["line 3, close: there is no value"],
        "days": ["2024-01-01"],
    });
    let arguments = json!({
        "p_symbol": world.symbol, "p_version": 0, "p_provider": "csv", "p_replace": true,
        "p_force": false, "p_bars": [bar("2024-01-02"), bar("1989-12-29")],
        "p_history": [{ "day": "2024-01-02" }], "p_rejected": rejected,
    });
    let reply = world.stack.rest_as_service("POST", "/rpc/apply_refresh", &arguments).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    let expected = json!({
        "count": 3, "clipped": 1,
        "reasons": ["line 3, close: there is no value", "days that cannot be stored: 1"],
        "days": ["2024-01-01", "1989-12-29"],
    });
    assert_eq!(rejected_rows(&world).await, expected);
}

async fn rejected_rows(world: &World) -> Value {
    let path = format!("/stocks?select=rejected_rows&symbol=eq.{}", world.symbol);
    world.stack.rest("GET", &path, None, &Value::Null).await.json()[0]["rejected_rows"].clone()
}

#[tokio::test]
async fn a_bar_may_have_no_volume() {
    let world = World::new().await;
    let volume = |day, volume| {
        let mut bar = bar(day);
        bar["volume"] = volume;
        bar
    };
    let bars = json!([volume("2024-01-02", json!(5)), volume("2024-01-03", Value::Null)]);
    assert_eq!(world.apply(0, true, &bars).await.status, 200);
    let page = json!({
        "p_symbol": world.symbol, "p_interval": "day", "p_adjusted": false, "p_metrics": [],
    });
    let volumes = async |interval: &str| {
        let mut page = page.clone();
        page["p_interval"] = json!(interval);
        let reply = world.stack.rest("POST", "/rpc/read_history_page", None, &page).await.json();
        let rows = reply["rows"].as_array().unwrap().iter();
        rows.map(|row| row["volume"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(volumes("day").await, [json!(5), Value::Null]);
    assert_eq!(volumes("week").await, [Value::Null]);
    let path = format!("/stock_metrics?select=volume&symbol=eq.{}", world.symbol);
    let snapshot = world.stack.rest("GET", &path, None, &Value::Null).await;
    assert_eq!(snapshot.json(), json!([{ "volume": null }]));
}

#[tokio::test]
async fn invalid_rows_change_nothing() {
    let world = World::new().await.refreshed().await;
    let before = stored(&world).await;
    for wrong in [
        with("high", json!(1)),
        with("low", json!(11.5)),
        with("low", json!(-1)),
        with("high", json!("NaN")),
        with("adj_close", json!(0)),
        with("volume", json!(-1)),
        with("close", json!(null)),
        with("close", json!("-")),
        with("day", json!("2024-02-30")),
        with("day", json!(null)),
        with("day", json!("2024-01-02")),
    ] {
        for replace in [true, false] {
            let reply = world.apply(1, replace, &json!([bar("2024-01-02"), wrong])).await;
            assert_eq!(reply.json()["message"], "invalid_rows", "{wrong}: {}", reply.json());
            let detail = assert_refusal(&reply, 422, "invalid_rows");
            assert!(!detail.contains("ailing row") && !detail.contains("price_bars"), "{detail}");
        }
    }
    assert_refusal(&world.apply(1, true, &json!([])).await, 422, "invalid_rows");
    assert_eq!(stored(&world).await, before);
}

#[tokio::test]
async fn a_refusal_names_the_rule_and_not_the_row() {
    let world = World::new().await.refreshed().await;
    for (wrong, detail) in [
        (with("high", json!(1)), "A row violates the rule high_is_highest."),
        (with("low", json!(null)), "A value of a row is missing or malformed."),
        (with("low", json!("ten")), "A value of a row is missing or malformed."),
    ] {
        let reply = world.apply(1, false, &json!([wrong])).await;
        assert_eq!(assert_refusal(&reply, 422, "invalid_rows"), detail, "{wrong}");
    }
}

/// The bar of 2024-01-04 with this value.
fn with(name: &str, value: Value) -> Value {
    let mut bar = bar("2024-01-04");
    bar[name] = value;
    bar
}

#[tokio::test]
async fn a_week_has_the_splits_the_dividends_and_the_adjusted_volumes_of_its_days() {
    let world = World::new().await;
    let split = |day, factor, dividend| {
        let mut bar = bar(day);
        let known = json!({ "split_factor": factor, "dividend": dividend, "adj_volume": 7 });
        bar.as_object_mut().unwrap().extend(known.as_object().unwrap().clone());
        bar
    };
    let bars = json!([
        split("2024-01-02", 1.5, 0.25),
        split("2024-01-03", 2.0, 0.5),
        split("2024-01-08", 1.0, 0.0),
        bar("2024-01-09"),
    ]);
    assert_eq!(world.apply(0, true, &bars).await.status, 200);
    for adjusted in [true, false] {
        let page = json!({
            "p_symbol": world.symbol, "p_interval": "week", "p_adjusted": adjusted,
            "p_metrics": [],
        });
        let reply = world.stack.rest("POST", "/rpc/read_history_page", None, &page).await.json();
        let weeks =
            reply["rows"].as_array().unwrap().iter().map(|week| {
                ["split_factor", "dividend", "adj_volume"].map(|name| week[name].as_f64())
            });
        assert_eq!(weeks.collect::<Vec<_>>(), [[Some(3.0), Some(0.75), Some(14.0)], [None; 3]]);
    }
}

#[tokio::test]
async fn the_database_stores_exactly_the_bars_that_the_rules_accept() {
    let world = World::new().await;
    let mut version = 0;
    for (name, value) in [
        ("volume", json!(null)),
        ("volume", json!(0)),
        ("volume", json!(i64::MAX)),
        ("volume", json!(i64::MAX.unsigned_abs() + 1)),
        ("volume", json!(-1)),
        ("high", json!(10.99)),
        ("high", json!(10.9999996)),
        ("high", json!(999_999_999_999.0)),
        ("high", json!(1e12)),
        ("low", json!(10.01)),
        ("low", json!(0.000_000_4)),
        ("low", json!(0.000_000_5)),
        ("low", json!(0)),
        ("adj_close", json!(1e-14)),
        ("adj_close", json!(1e-15)),
        ("adj_close", json!(-10)),
        ("split_factor", json!(1.5)),
        ("split_factor", json!(0)),
        ("split_factor", json!(1e-15)),
        ("split_factor", json!(-1)),
        ("split_factor", json!(1e12)),
        ("dividend", json!(0)),
        ("dividend", json!(-0.1)),
        ("dividend", json!(1e12)),
        ("adj_volume", json!(5)),
    ] {
        let bar = with(name, value);
        let accepted = serde_json::from_str::<Bar>(&bar.to_string()).is_ok();
        let reply = world.apply(version, false, &json!([bar])).await;
        assert_eq!(reply.status, if accepted { 200 } else { 422 }, "{bar}: {}", reply.json());
        version += i64::from(accepted);
    }
    assert_eq!(version, 9, "bars of both kinds");
}

#[tokio::test]
async fn a_stock_has_the_first_and_last_day_of_its_bars() {
    let world = World::new().await;
    assert_eq!(span(&world).await, [None, None]);
    let world = world.refreshed().await;
    assert_eq!(span(&world).await, days("2024-01-02", "2024-01-03"));
    assert_eq!(world.apply(1, false, &json!([bar("2024-01-04")])).await.status, 200);
    assert_eq!(span(&world).await, days("2024-01-02", "2024-01-04"));
    let forced = json!({ "p_replace": true, "p_force": true });
    let earlier = json!([bar("2023-05-02"), bar("2023-05-03")]);
    assert_eq!(world.apply_with(2, &earlier, &forced).await.status, 200);
    assert_eq!(span(&world).await, days("2023-05-02", "2023-05-03"));
}

#[tokio::test]
async fn a_shorter_history_replaces_a_longer_one_only_by_force() {
    let world = World::new().await;
    let month: Vec<_> = (1..=20).map(|day| bar(&format!("2024-01-{day:02}"))).collect();
    assert_eq!(world.apply(0, true, &json!(month)).await.status, 200);
    let before = stored(&world).await;
    let hole = without(&month, 1, 6);
    for shorter in [json!(month[1..]), json!(month[..14]), hole] {
        let reply = world.apply(1, true, &shorter).await;
        let detail = assert_refusal(&reply, 422, "history_shorter");
        assert!(
            detail.starts_with("Stored are 20 days from 2024-01-01 to 2024-01-20;"),
            "{detail}"
        );
    }
    assert_eq!(stored(&world).await, before);
    assert_eq!(world.apply(1, true, &without(&month, 1, 5)).await.status, 200);
    let forced = json!({ "p_replace": true, "p_force": true });
    assert_eq!(world.apply_with(2, &json!(month[18..]), &forced).await.status, 200);
    assert_eq!(span(&world).await, days("2024-01-19", "2024-01-20"));
}

#[tokio::test]
async fn a_replacement_that_lacks_the_last_days_is_no_shorter_one() {
    let world = World::new().await;
    let month: Vec<_> = (1..=20).map(|day| bar(&format!("2024-01-{day:02}"))).collect();
    assert_eq!(world.apply(0, true, &json!(month)).await.status, 200);
    assert_eq!(world.apply(1, true, &json!(month[..18])).await.status, 200);
    assert_eq!(span(&world).await, days("2024-01-01", "2024-01-18"));
}

#[tokio::test]
async fn replacements_lack_at_most_five_days_of_all_that_were_stored() {
    let world = World::new().await;
    let month: Vec<_> = (1..=20).map(|day| bar(&format!("2024-01-{day:02}"))).collect();
    assert_eq!(world.apply(0, true, &json!(month)).await.status, 200);
    assert_eq!(world.apply(1, true, &without(&month, 2, 3)).await.status, 200);
    let other = world.apply(2, true, &json!([&month[..2], &month[8..]].concat())).await;
    let detail = assert_refusal(&other, 422, "history_shorter");
    assert!(detail.ends_with("lacks 6 of the days that were stored."), "{detail}");
    // The three days are there again: others may be missing.
    assert_eq!(world.apply(2, true, &without(&month, 5, 5)).await.status, 200);
    assert_refusal(&world.apply(3, true, &without(&month, 5, 6)).await, 422, "history_shorter");
    let forced = json!({ "p_replace": true, "p_force": true });
    assert_eq!(world.apply_with(3, &without(&month, 5, 6), &forced).await.status, 200);
    assert_eq!(world.apply(4, true, &without(&month, 5, 10)).await.status, 200);
}

/// The bars but `count` of them, from an index on.
fn without(bars: &[Value], index: usize, count: usize) -> Value {
    json!([&bars[..index], &bars[index + count..]].concat())
}

/// The first and the last day of the stock.
async fn span(world: &World) -> [Option<String>; 2] {
    let sql = "select first_day::text, as_of::text from private.stocks where symbol = $1";
    let row = world.admin.query_one(sql, &[&world.symbol]).await.unwrap();
    [row.get(0), row.get(1)]
}

fn days(first: &str, last: &str) -> [Option<String>; 2] {
    [Some(first.to_owned()), Some(last.to_owned())]
}

#[tokio::test]
async fn of_two_refreshes_of_one_version_one_wins() {
    let world = World::new().await.refreshed().await;
    let (one, other) = (json!([bar("2024-01-04")]), json!([bar("2024-01-05")]));
    let (one, other) = tokio::join!(world.apply(1, false, &one), world.apply(1, false, &other));
    let (winner, loser) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((winner.status, &winner.json()["version"]), (200, &json!(2)));
    assert_refusal(&loser, 412, "stale_version");
    let sql = "select count(*) from public.price_bars where stock_id = $1::text::bigint";
    assert_eq!(world.admin.query_one(sql, &[&world.stock_id]).await.unwrap().get::<_, i64>(0), 3);
}

#[tokio::test]
async fn the_state_of_the_metrics_is_stored_to_the_last_digit() {
    let world = World::new().await;
    let state = r#"{"smoothed":[1e-7,-0.0,0.30000000000000004]}"#;
    let sent = json!({ "p_state": serde_json::from_str::<Value>(state).unwrap() });
    let days = json!([bar("2024-01-02")]);
    assert_eq!(world.apply_with(0, &days, &sent).await.status, 200);
    assert_eq!(stored_state(&world).await, state);
    let unstorable = json!([bar("2024-01-03"), bar("2046-01-02")]);
    assert_eq!(world.apply_with(1, &unstorable, &sent).await.status, 200);
    assert_eq!(stored_state(&world).await, "null", "its last bar is not stored");
    assert_eq!(world.apply_with(2, &json!([]), &sent).await.status, 200);
    assert_eq!(stored_state(&world).await, state);
    assert_eq!(world.apply(3, false, &json!([])).await.status, 200);
    assert_eq!(stored_state(&world).await, "null", "no state was sent");
}

/// The text of the stored state.
async fn stored_state(world: &World) -> String {
    let arguments = json!({ "p_symbol": world.symbol, "p_benchmark": "SPX" });
    let reply = world.stack.rest_as_service("POST", "/rpc/refresh_state", &arguments).await;
    let state = reply.json()["state"].to_string();
    assert!(reply.text().contains(&state), "{}", reply.text());
    state
}

#[tokio::test]
async fn the_last_bars_up_to_a_day_are_read_with_the_later_ones() {
    let world = World::new().await;
    let days = ["2023-12-28", "2023-12-29", "2024-01-02", "2024-01-03", "2024-01-04"];
    let bars: Vec<_> = days.iter().map(|day| bar(day)).collect();
    assert_eq!(world.apply(0, true, &json!(bars)).await.status, 200);
    for (until, count, expected) in [
        (Some("2024-01-02"), Some(2), &days[1..]),
        (Some("2024-01-01"), Some(1), &days[1..]),
        (Some("2024-01-04"), Some(1), &days[4..]),
        (Some("2024-01-02"), Some(3), &days),
        (Some("2024-01-02"), Some(4), &days),
        (None, None, &days),
    ] {
        let arguments = json!({ "p_symbol": world.symbol, "p_until": until, "p_count": count });
        let reply = world.stack.rest_as_service("POST", "/rpc/read_bars", &arguments).await.json();
        let read: Vec<_> = reply.as_array().unwrap().iter().map(|bar| &bar["day"]).collect();
        assert_eq!(read, expected, "{until:?} {count:?}");
    }
}

#[tokio::test]
async fn a_failed_refresh_is_recorded_with_a_growing_retry_delay() {
    let world = World::new().await.refreshed().await;
    let sql = "select extract(epoch from retry_at - (refresh_error ->> 'at')::timestamptz)::bigint
        from private.stocks where symbol = $1";
    let arguments = json!({
        "p_symbol": world.symbol, "p_version": 1, "p_code": "provider_unavailable",
        "p_detail": "It is down.",
    });
    for minutes in [15, 30, 60, 120, 240, 480, 960, 1440, 1440] {
        let reply =
            world.stack.rest_as_service("POST", "/rpc/record_refresh_error", &arguments).await;
        assert_eq!(reply.status, 204);
        let seconds: i64 = world.admin.query_one(sql, &[&world.symbol]).await.unwrap().get(0);
        assert_eq!(seconds, minutes * 60);
    }
    assert_eq!(world.apply(1, false, &json!([])).await.status, 200);
    let sql = "select retry_at is null and refresh_error is null and refresh_failures = 0
        from private.stocks where symbol = $1";
    let row = world.admin.query_one(sql, &[&world.symbol]).await.unwrap();
    assert!(row.get::<_, bool>(0));
}
