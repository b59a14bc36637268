use market::Metric;
use serde_json::{Map, Value, json};
use support::Response;

use super::world::{World, bar};

/// Every function that users must not call, with arguments it would take.
fn internal(world: &World) -> Vec<(&'static str, Value)> {
    [of_refreshes(world), of_analyses(world)].concat()
}

fn of_refreshes(world: &World) -> Vec<(&'static str, Value)> {
    let (id, symbol) = (&world.analysis, &world.symbol);
    vec![
        ("refresh_state", json!({ "p_symbol": symbol, "p_benchmark": "SPX" })),
        ("read_bars", json!({ "p_symbol": symbol })),
        ("read_closes", json!({ "p_symbol": symbol, "p_since": "2024-01-02" })),
        (
            "record_refresh_error",
            json!({ "p_symbol": symbol, "p_version": 1, "p_code": "a", "p_detail": "b" }),
        ),
        (
            "apply_refresh",
            json!({ "p_symbol": symbol, "p_version": 1, "p_provider": "csv", "p_replace": false,
                "p_force": false, "p_bars": [], "p_history": [] }),
        ),
        (
            "claim_due_stocks",
            json!({ "p_interval": "PT20H", "p_reconcile_interval": "PT336H", "p_limit": 1,
                "p_benchmark": "SPX" }),
        ),
        ("release_stocks", json!({ "p_symbols": [symbol], "p_planned_at": "2026-03-02" })),
        ("postpone_refresh", json!({ "p_symbol": symbol, "p_seconds": 1, "p_until": null })),
        ("pause_provider", json!({ "p_provider": "csv", "p_seconds": 1, "p_until": null })),
        (
            "take_provider_call",
            json!({ "p_provider": "csv", "p_calls": 1, "p_window": "PT1H", "p_daily_calls": 1 }),
        ),
        (
            "request_refresh",
            json!({ "p_id": id, "p_webhook_id": "a", "p_actor": "b", "p_symbols": [symbol],
                "p_force": true, "p_full": null, "p_traceparent": null }),
        ),
        (
            "end_refresh_item",
            json!({ "p_id": id, "p_symbol": symbol, "p_status": "done", "p_code": null,
                "p_detail": null }),
        ),
    ]
}

fn of_analyses(world: &World) -> Vec<(&'static str, Value)> {
    let (id, symbol) = (&world.analysis, &world.symbol);
    vec![
        (
            "create_analysis",
            json!({ "p_id": uuid::Uuid::now_v7(), "p_actor": world.owner.id, "p_symbol": symbol,
                "p_workflow": "stock-analysis", "p_parameters": {}, "p_traceparent": null }),
        ),
        (
            "append_analysis_event",
            json!({ "p_analysis_id": id, "p_version": 1, "p_type": "cancelled", "p_data": {},
                "p_actor": "me" }),
        ),
        (
            "record_analysis_progress",
            json!({ "p_analysis_id": id, "p_progress": 9, "p_attempt": 1 }),
        ),
        ("expire_analyses", json!({ "p_limit": 1 })),
        ("rebuild_analysis", json!({ "p_analysis_id": id })),
        ("claim_outbox", json!({ "p_limit": 1 })),
        ("mark_outbox_sent", json!({ "p_ids": [id], "p_claim_token": id })),
        (
            "custom_access_token_hook",
            json!({ "event": { "user_id": world.owner.id, "claims": {} } }),
        ),
    ]
}

#[tokio::test]
async fn users_cannot_call_the_functions_of_the_workers() {
    let world = World::new().await.refreshed().await.analysed().await;
    for (name, arguments) in internal(&world) {
        for (token, status) in
            [(None, 401), (Some(&world.stranger.token), 403), (Some(&world.owner.token), 403)]
        {
            let path = format!("/rpc/{name}");
            let reply =
                world.stack.rest("POST", &path, token.map(String::as_str), &arguments).await;
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (status, &json!("42501")),
                "{name}: {}",
                reply.json()
            );
        }
    }
}

#[tokio::test]
async fn the_list_of_functions_above_is_complete() {
    let world = World::new().await;
    let sql = "select proname from pg_proc where pronamespace = 'public'::regnamespace
               and proname not in
                 ('compare_metrics', 'find_stock', 'read_history_page', 'search_stocks')";
    let mut stored: Vec<String> = world
        .admin
        .query(sql, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get::<_, String>(0))
        .collect();
    let mut tried: Vec<_> = internal(&world).into_iter().map(|(name, _)| name.to_owned()).collect();
    stored.sort();
    tried.sort();
    assert_eq!(stored, tried);
}

#[tokio::test]
async fn service_role_cannot_call_the_token_hook() {
    let world = World::new().await;
    let event = json!({ "event": { "user_id": world.owner.id, "claims": {} } });
    let reply = world.stack.rest_as_service("POST", "/rpc/custom_access_token_hook", &event).await;
    assert_eq!((reply.status, &reply.json()["code"]), (403, &json!("42501")));
}

fn page(world: &World, changes: Value) -> Value {
    let mut arguments = json!({
        "p_symbol": world.symbol, "p_interval": "day", "p_adjusted": false,
        "p_metrics": ["rsi_14"],
    });
    arguments.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    arguments
}

async fn history(world: &World, changes: Value) -> Response {
    world.stack.rest("POST", "/rpc/read_history_page", None, &page(world, changes)).await
}

#[tokio::test]
async fn everyone_reads_the_history() {
    let world = World::new().await.refreshed().await;
    for token in [None, Some(world.stranger.token.as_str()), Some(world.owner.token.as_str())] {
        let reply = world
            .stack
            .rest("POST", "/rpc/read_history_page", token, &page(&world, json!({})))
            .await;
        assert_eq!((reply.status, reply.json()["rows"].as_array().map(Vec::len)), (200, Some(2)));
    }
}

#[tokio::test]
async fn everyone_finds_a_stock_with_its_latest_metrics() {
    let world = World::new().await.refreshed().await;
    for token in [None, Some(world.stranger.token.as_str()), Some(world.owner.token.as_str())] {
        let arguments = json!({ "p_symbol": world.symbol });
        let found = world.stack.rest("POST", "/rpc/find_stock", token, &arguments).await.json();
        assert_eq!(
            (&found["symbol"], &found["as_of"]),
            (&json!(world.symbol), &json!("2024-01-03"))
        );
        assert_eq!(found["metrics"]["as_of"], "2024-01-03", "{found}");
        assert_eq!(found.get("retry_at"), None, "{found}");
        let unknown = json!({ "p_symbol": "UNKNOWN" });
        let found = world.stack.rest("POST", "/rpc/find_stock", token, &unknown).await;
        assert_eq!((found.status, found.json()), (200, Value::Null));
    }
    let pending = World::new().await;
    let arguments = json!({ "p_symbol": pending.symbol });
    let found = pending.stack.rest("POST", "/rpc/find_stock", None, &arguments).await.json();
    assert_eq!((&found["symbol"], &found["metrics"]), (&json!(pending.symbol), &Value::Null));
}

#[tokio::test]
async fn a_page_of_history_is_full_although_years_are_missing() {
    let world = World::new().await;
    let days = ["1995-06-01", "2001-01-31", "2001-02-01", "2024-01-02"];
    let bars: Vec<Value> = days.iter().map(|day| bar(day)).collect();
    assert_eq!(world.apply(0, true, &json!(bars)).await.status, 200);
    for interval in ["day", "week", "month"] {
        let days = match interval {
            "week" => vec![days[0], days[2], days[3]],
            _ => days.to_vec(),
        };
        for limit in 1..=days.len() + 1 {
            let reply = history(&world, json!({ "p_interval": interval, "p_limit": limit })).await;
            assert_eq!(found(&reply), days[..limit.min(days.len())], "{interval} {limit}");
            let last = json!({ "p_interval": interval, "p_limit": limit, "p_descending": true });
            let backwards: Vec<_> =
                days.iter().rev().take(limit).map(|day| (*day).to_owned()).collect();
            assert_eq!(found(&history(&world, last).await), backwards, "{interval} {limit}");
        }
        let later = history(
            &world,
            json!({ "p_interval": interval, "p_from": "1995-06-02", "p_limit": 2 }),
        )
        .await;
        assert_eq!(found(&later), days[1..3], "{interval}");
        let none = history(&world, json!({ "p_interval": interval, "p_from": "2024-01-03" })).await;
        assert_eq!(found(&none), [""; 0], "{interval}");
    }
}

#[tokio::test]
async fn a_history_has_the_shortest_periods_that_fit() {
    let world = World::new().await;
    let days = ["1995-06-01", "2001-01-31", "2001-02-01", "2024-01-02"];
    let bars: Vec<Value> = days.iter().map(|day| bar(day)).collect();
    assert_eq!(world.apply(0, true, &json!(bars)).await.status, 200);
    // From the first day to the last one are 10,442 days: 7,205 trading days, 1,492 weeks.
    for (fit, interval, count) in [
        (json!(null), "day", 4),
        (json!(7205), "day", 4),
        (json!(7204), "week", 3),
        (json!(1492), "week", 3),
        (json!(1491), "month", 4),
    ] {
        let reply = history(&world, json!({ "p_fit": fit })).await;
        assert_eq!((&reply.json()["interval"], found(&reply).len()), (&json!(interval), count));
    }
    let reply =
        history(&world, json!({ "p_from": "2001-01-31", "p_to": "2001-02-01", "p_fit": 2 }));
    assert_eq!(reply.await.json()["interval"], "day");
    for end in [json!({ "p_from": "infinity" }), json!({ "p_to": "-infinity", "p_fit": 2 })] {
        assert_eq!(found(&history(&world, end).await), [""; 0]);
    }
}

#[tokio::test]
async fn the_bars_of_a_history_are_those_of_the_interval_up_to_the_last_row() {
    let world = World::new().await;
    // The second and the third are of one week.
    let days = ["1995-06-01", "2001-01-31", "2001-02-01", "2024-01-02"];
    let bars: Vec<Value> = days.iter().map(|day| bar(day)).collect();
    assert_eq!(world.apply(0, true, &json!(bars)).await.status, 200);
    for (changes, expected) in [
        (json!({}), json!([days[0], days[2], days[3]])),
        (json!({ "p_limit": 1 }), json!([days[0]])),
        (json!({ "p_limit": 2, "p_descending": true }), json!([days[0], days[2], days[3]])),
        (json!({ "p_from": days[2], "p_to": days[2] }), json!([days[0], days[2]])),
        (json!({ "p_to": days[1] }), json!([days[0], days[1]])),
        (json!({ "p_from": "2001-02-02", "p_to": "2001-02-05" }), json!([])),
        (json!({ "p_bars": false }), json!([])),
    ] {
        let mut arguments = json!({ "p_interval": "week", "p_metrics": [], "p_bars": true });
        arguments.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let body = history(&world, arguments).await.json();
        let found: Value =
            body["bars"].as_array().unwrap().iter().map(|bar| bar[0].clone()).collect();
        assert_eq!(found, expected, "{changes}");
    }
    let body = history(&world, json!({ "p_limit": 1, "p_bars": true })).await.json();
    let (high, low) = (json!(11.454_545_454_545_45), json!(8.590_909_090_909_09));
    assert_eq!(body["bars"], json!([[days[0], high, low, 10.5]]));
}

/// The days of a page of the history until 2024-01-02.
fn found(reply: &Response) -> Vec<String> {
    let body = reply.json();
    assert_eq!(body["as_of"], "2024-01-02", "{body}");
    let rows = body["rows"].as_array().unwrap().iter();
    rows.map(|row| row["day"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn assert_refusal(reply: &Response, message: &str) {
    let error = reply.json();
    assert_eq!(
        (reply.status, &error["code"], &error["message"]),
        (400, &json!("PT400"), &json!(message)),
        "{error}"
    );
}

#[tokio::test]
async fn an_unknown_interval_of_a_history_is_rejected() {
    let world = World::new().await.refreshed().await;
    for interval in [json!("year"), json!(null), json!("day'"), json!("day', now())--")] {
        let reply = history(&world, json!({ "p_interval": interval })).await;
        assert_refusal(&reply, "unknown_interval");
    }
}

#[tokio::test]
async fn only_distinct_names_of_metrics_are_columns_of_a_history() {
    let world = World::new().await.refreshed().await;
    let all = Metric::ALL.map(Metric::name);
    let reply = history(&world, json!({ "p_metrics": all })).await;
    assert_eq!(reply.json()["rows"][0].as_object().map(Map::len), Some(10 + all.len()));
    for metrics in [
        json!(["rsi_14", "rsi_14"]),
        json!([[all[0], all[1]], [all[0], all[1]]]),
        json!([all.as_slice(), &["rsi_14"]].concat()),
        json!(vec!["rsi_14"; 10_000]),
        json!(["rsi_14", null]),
        json!([null]),
        json!(null),
        json!([""]),
        json!(["RSI_14"]),
        json!(["stock_id"]),
        json!(["day"]),
        json!(["provider"]),
        json!(["ctid"]),
        json!(["rsi_14\""]),
        json!(["rsi_14, provider"]),
        json!(["rsi_14 from public.stock_metrics --"]),
        json!(["(select string_agg(symbol, ',') from public.stocks)"]),
        json!(["pg_sleep(1)"]),
    ] {
        let reply = history(&world, json!({ "p_metrics": metrics })).await;
        assert_refusal(&reply, "unknown_metric");
    }
}

async fn compared(world: &World, comparisons: Value) -> Response {
    let arguments = json!({ "p_comparisons": comparisons });
    world.stack.rest("POST", "/rpc/compare_metrics?limit=1", None, &arguments).await
}

#[tokio::test]
async fn only_columns_of_numbers_and_operators_are_compared() {
    let world = World::new().await;
    let valid = json!({ "column": "close", "operator": "gt", "other": "sma_200" });
    assert_eq!(compared(&world, json!(vec![valid.clone(); 8])).await.status, 200);
    for comparisons in [json!(null), json!({}), json!(7), json!([]), json!(vec![valid; 9])] {
        assert_refusal(&compared(&world, comparisons).await, "invalid_comparison");
    }
    for (column, operator, other) in [
        ("symbol", "gt", "close"),
        ("close", "gt", "stock_id"),
        ("close", "gt", "ctid"),
        ("close", "gt", "CLOSE"),
        ("close", "gt", "close or true --"),
        ("close\"", "gt", "close"),
        ("close", ">", "close"),
        ("close", "= close or", "close"),
        ("close", "", "close"),
        ("(select pg_sleep(1))", "gt", "close"),
    ] {
        let comparison = json!({ "column": column, "operator": operator, "other": other });
        assert_refusal(&compared(&world, json!([comparison])).await, "invalid_comparison");
    }
    for comparison in [json!(null), json!("close"), json!(["close"]), json!({ "column": "close" })]
    {
        assert_refusal(&compared(&world, json!([comparison])).await, "invalid_comparison");
    }
}

#[tokio::test]
async fn a_page_of_history_has_as_many_rows_as_a_route_may_ask_for() {
    let world = World::new().await.refreshed().await;
    for limit in [1, 5001] {
        assert_eq!(history(&world, json!({ "p_limit": limit })).await.status, 200, "{limit}");
    }
    for limit in [json!(5002), json!(i32::MAX), json!(0), json!(-1), json!(null)] {
        assert_refusal(&history(&world, json!({ "p_limit": limit })).await, "limit_out_of_range");
    }
}

#[tokio::test]
async fn the_other_arguments_of_a_history_are_no_sql() {
    let world = World::new().await.refreshed().await;
    let symbol = format!("{}' or true --", world.symbol);
    let reply = history(&world, json!({ "p_symbol": symbol })).await;
    assert_eq!(
        (reply.status, &reply.json()["message"]),
        (404, &json!("stock_not_found")),
        "{}",
        reply.json()
    );
    for name in ["p_from", "p_to", "p_back", "p_limit", "p_adjusted", "p_descending"] {
        let reply = history(&world, json!({ name: "1' or true --" })).await;
        let code = reply.json()["code"].clone();
        assert!(
            reply.status == 400 && (code == "22P02" || code == "22007"),
            "{name}: {}",
            reply.json()
        );
    }
}

#[tokio::test]
async fn an_offset_reads_no_further_page_of_a_history() {
    let world = World::new().await.refreshed().await;
    let path = "/rpc/read_history_page?limit=1&offset=1";
    let reply = world.stack.rest("POST", path, None, &page(&world, json!({}))).await;
    assert_eq!((reply.status, reply.json()), (200, json!(null)));
}

#[tokio::test]
async fn a_search_has_at_most_100_characters() {
    let world = World::new().await;
    for (text, status) in [("a".repeat(100), 200), ("a".repeat(101), 400), (String::new(), 400)] {
        let query = json!({ "p_query": text });
        let reply = world.stack.rest("POST", "/rpc/search_stocks", None, &query).await;
        assert_eq!(reply.status, status, "{}: {}", text.len(), reply.json());
    }
    let query = json!({ "p_query": "a".repeat(101) });
    let reply = world.stack.rest("POST", "/rpc/search_stocks", None, &query).await;
    assert_refusal(&reply, "invalid_query");
}

/// The history waits for a lock of the only year that it reads.
#[tokio::test]
async fn no_request_of_a_user_runs_longer_than_its_role_allows() {
    let mut world = World::new().await;
    let year = json!([bar("1991-01-02"), bar("1991-01-03")]);
    assert_eq!(world.apply(0, true, &year).await.status, 200);
    let page = page(&world, json!({}));
    let change = world.admin.transaction().await.unwrap();
    change.execute("lock table partitions.price_bars_1991", &[]).await.unwrap();
    let (path, token) = ("/rpc/read_history_page", Some(&*world.stranger.token));
    let (anonymous, user) = tokio::join!(
        world.stack.rest("POST", path, None, &page),
        world.stack.rest("POST", path, token, &page)
    );
    for reply in [anonymous, user] {
        assert_eq!((reply.status, &reply.json()["code"]), (500, &json!("57014")));
    }
    change.rollback().await.unwrap();
}
