use serde_json::{Value, json};

use super::world::World;

/// Every function that users must not call, with arguments it would take.
fn internal(world: &World) -> Vec<(&'static str, Value)> {
    let (id, symbol) = (&world.analysis, &world.symbol);
    vec![
        ("refresh_state", json!({ "p_symbol": symbol })),
        ("read_bars", json!({ "p_symbol": symbol })),
        ("record_refresh_error", json!({ "p_symbol": symbol, "p_code": "a", "p_detail": "b" })),
        (
            "apply_refresh",
            json!({ "p_symbol": symbol, "p_version": 1, "p_provider": "csv", "p_replace": false, "p_bars": [], "p_history": [] }),
        ),
        (
            "create_analysis",
            json!({ "p_id": uuid::Uuid::now_v7(), "p_actor": world.owner.id, "p_symbol": symbol,
                "p_workflow": "stock-analysis", "p_parameters": {}, "p_traceparent": null }),
        ),
        (
            "append_analysis_event",
            json!({ "p_analysis_id": id, "p_version": 1, "p_type": "cancelled", "p_data": {}, "p_actor": "me" }),
        ),
        ("record_analysis_progress", json!({ "p_analysis_id": id, "p_progress": 9 })),
        ("rebuild_analysis", json!({ "p_analysis_id": id })),
        ("claim_outbox", json!({ "p_limit": 1 })),
        ("mark_outbox_sent", json!({ "p_ids": [id], "p_claim_token": id })),
        ("custom_access_token_hook", json!({ "event": { "user_id": world.owner.id, "claims": {} } })),
    ]
}

#[tokio::test]
async fn users_cannot_call_the_functions_of_the_workers() {
    let world = World::new().await.refreshed().await.analysed().await;
    for (name, arguments) in internal(&world) {
        for (token, status) in [(None, 401), (Some(&world.stranger.token), 403), (Some(&world.owner.token), 403)] {
            let path = format!("/rpc/{name}");
            let answer = world.stack.rest("POST", &path, token.map(String::as_str), &arguments).await;
            assert_eq!((answer.status, &answer.json()["code"]), (status, &json!("42501")), "{name}: {}", answer.json());
        }
    }
}

#[tokio::test]
async fn the_list_of_functions_above_is_complete() {
    let world = World::new().await;
    let sql = "select proname from pg_proc where pronamespace = 'public'::regnamespace
               and proname not in ('read_history', 'read_periods', 'search_stocks')";
    let mut stored: Vec<String> =
        world.admin.query(sql, &[]).await.unwrap().iter().map(|row| row.get::<_, String>(0)).collect();
    let mut tried: Vec<_> = internal(&world).into_iter().map(|(name, _)| name.to_owned()).collect();
    stored.sort();
    tried.sort();
    assert_eq!(stored, tried);
}

#[tokio::test]
async fn the_token_hook_is_not_for_the_workers_either() {
    let world = World::new().await;
    let event = json!({ "event": { "user_id": world.owner.id, "claims": {} } });
    let answer = world.stack.rest_as_service("POST", "/rpc/custom_access_token_hook", &event).await;
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("42501")));
}

#[tokio::test]
async fn everyone_reads_the_history() {
    let world = World::new().await.refreshed().await;
    let arguments = json!({ "p_symbol": world.symbol });
    for token in [None, Some(world.stranger.token.as_str()), Some(world.owner.token.as_str())] {
        let days = json!({ "p_symbol": world.symbol, "p_interval": "day", "p_adjusted": false });
        for (function, arguments) in [("read_history", &arguments), ("read_periods", &days)] {
            let answer = world.stack.rest("POST", &format!("/rpc/{function}"), token, arguments).await;
            assert_eq!((answer.status, answer.json().as_array().map(Vec::len)), (200, Some(2)), "{function}");
        }
    }
}
