use serde_json::{Value, json};
use support::{Response, stack::Stack};

use super::world::{Row, World, assert_statuses};

fn rows(reply: &Response) -> usize {
    reply.json().as_array().unwrap_or_else(|| panic!("{}", reply.json())).len()
}

#[tokio::test]
async fn stocks_are_read_by_everyone_and_written_by_none() {
    let world = World::new().await;
    let path = format!(
        "/stocks?select=symbol,name,provider,refreshed_at,refresh_error,rejected_rows&symbol=eq.{}",
        world.symbol
    );
    let replies = world.read(&path).await;
    assert_statuses(&path, &replies, [200; 3]);
    assert_eq!(replies.each_ref().map(rows), [1; 3]);
    let row = Row { table: "stocks", key: "symbol", value: &world.symbol };
    world.assert_unwritable(&row, &json!({ "name": "Mine" })).await;
    world.assert_refused_to_service("DELETE", &row, &Value::Null).await;
    world.assert_refused_to_service("PATCH", &row, &json!({ "symbol": "MINE" })).await;
}

#[tokio::test]
async fn a_name_has_at_most_120_characters() {
    let world = World::new().await;
    let admin = Stack::running().admin().await;
    for (letters, fits) in [(120, true), (121, false)] {
        let name = "ä".repeat(letters);
        let update = "update public.stocks set name = $1 where symbol = $2";
        let renamed = admin.execute(update, &[&name, &world.symbol]).await;
        assert_eq!(renamed.is_ok(), fits, "{letters}: {renamed:?}");
    }
}

#[tokio::test]
async fn all_columns_of_a_stock_are_read_at_once_without_its_schedule() {
    let world = World::new().await;
    let path = format!("/stocks?select=*&symbol=eq.{}", world.symbol);
    let replies = world.read(&path).await;
    assert_statuses(&path, &replies, [200; 3]);
    let columns = [
        "active",
        "as_of",
        "created_at",
        "currency",
        "exchange",
        "first_day",
        "has_error",
        "id",
        "kind",
        "name",
        "provider",
        "refresh_error",
        "refresh_version",
        "refreshed_at",
        "rejected_rows",
        "status",
        "symbol",
        "updated_at",
    ];
    for reply in replies {
        let stock = &reply.json()[0];
        assert_eq!(stock.as_object().unwrap().keys().collect::<Vec<_>>(), columns);
    }
    for column in ["retry_at", "refresh_failures", "claimed_until", "metrics_state"] {
        for query in [format!("select={column}"), format!("select=symbol&{column}=is.null")] {
            for reply in world.read(&format!("/stocks?{query}&limit=1")).await {
                let unknown = (400, &json!("42703"));
                assert_eq!((reply.status, &reply.json()["code"]), unknown, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn the_latest_metrics_are_read_by_everyone_and_written_by_none() {
    let world = World::new().await.refreshed().await;
    let path = format!("/stock_metrics?stock_id=eq.{}", world.stock_id);
    let replies = world.read(&path).await;
    assert_statuses(&path, &replies, [200; 3]);
    assert_eq!(replies.each_ref().map(rows), [1; 3], "{path}");
    let row = Row { table: "stock_metrics", key: "stock_id", value: &world.stock_id };
    let patch = json!({ "rsi_14": 1 });
    world.assert_unwritable(&row, &patch).await;
    world.assert_refused_to_service("PATCH", &row, &patch).await;
}

#[tokio::test]
async fn bars_and_their_metrics_are_seen_and_written_by_no_user() {
    let world = World::new().await.refreshed().await;
    for (table, patch) in
        [("price_bars", json!({ "close": 1 })), ("metric_history", json!({ "rsi_14": 1 }))]
    {
        for query in ["", "?select=day&limit=1", "?select=day&order=day&offset=1000000"] {
            world.assert_hidden(&format!("/{table}{query}")).await;
        }
        world.assert_hidden(&format!("/{table}?stock_id=eq.{}", world.stock_id)).await;
        let row = Row { table, key: "stock_id", value: &world.stock_id };
        world.assert_unwritable(&row, &patch).await;
        world.assert_refused_to_service("PATCH", &row, &patch).await;
    }
}

#[tokio::test]
async fn no_embedding_reaches_the_bars_or_their_metrics() {
    let world = World::new().await.refreshed().await;
    for table in ["price_bars", "metric_history"] {
        for path in [
            format!("/stocks?select=symbol,{table}(day)&symbol=eq.{}", world.symbol),
            format!("/stocks?select=symbol,{table}!inner(day)&{table}.day=gt.2000-01-01"),
            format!("/stocks?select=symbol,{table}()&{table}=not.is.null"),
        ] {
            world.assert_hidden(&path).await;
        }
    }
}

#[tokio::test]
async fn snapshots_and_stocks_embed_nothing_that_everyone_reads() {
    let world = World::new().await.refreshed().await;
    for path in [
        "/stocks?select=symbol,stock_metrics(*)",
        "/stock_metrics?select=symbol,stocks(symbol)",
        "/stock_metrics?select=symbol,price_bars(day)",
        "/stock_metrics?select=symbol,metric_history(day)",
    ] {
        for reply in world.read(path).await {
            assert_eq!((reply.status, &reply.json()["code"]), (400, &json!("PGRST200")), "{path}");
        }
    }
}

#[tokio::test]
async fn users_read_workflows_but_not_their_webhook_paths() {
    let world = World::new().await;
    let columns = "name,title,parameters_schema,result_schema,result_timeout_seconds,\
        heartbeat_timeout_seconds,enabled,version";
    let path = &format!("/workflows?select={columns}&name=eq.stock-analysis");
    let replies = world.read(path).await;
    assert_statuses(path, &replies, [401, 200, 200]);
    assert_eq!((rows(&replies[1]), rows(&replies[2])), (1, 1));
    for columns in ["webhook_path", "fallback", "*"] {
        world.assert_hidden(&format!("/workflows?select={columns}")).await;
    }
    world.assert_hidden("/workflows?select=name&webhook_path=like.s*").await;
    let row = Row { table: "workflows", key: "name", value: "stock-analysis" };
    world.assert_unwritable(&row, &json!({ "title": "Mine" })).await;
}

#[tokio::test]
async fn only_its_owner_reads_an_analysis_and_no_user_writes_it() {
    let world = World::new().await.analysed().await;
    for (table, key) in [("analyses", "id"), ("analysis_events", "analysis_id")] {
        let path = format!("/{table}?{key}=eq.{}", world.analysis);
        let replies = world.read(&path).await;
        assert_statuses(&path, &replies, [401, 200, 200]);
        assert_eq!((replies[1].json(), rows(&replies[2])), (json!([]), 1), "{path}");
        let row = Row { table, key, value: &world.analysis };
        world.assert_unwritable(&row, &json!({ "version": 9 })).await;
        world.assert_refused_to_service("DELETE", &row, &Value::Null).await;
    }
    let events = Row { table: "analysis_events", key: "analysis_id", value: &world.analysis };
    world.assert_refused_to_service("PATCH", &events, &json!({ "actor": "other" })).await;
}

#[tokio::test]
async fn a_list_of_analyses_holds_the_callers_own_only() {
    let world = World::new().await.analysed().await;
    let [_, stranger, owner] =
        world.read("/analyses?select=user_id,analysis_events(version)").await;
    assert_eq!(stranger.json(), json!([]));
    assert_eq!(
        owner.json(),
        json!([{ "user_id": world.owner.id, "analysis_events": [{ "version": 1 }] }])
    );
}

#[tokio::test]
async fn the_outbox_is_seen_and_written_by_no_user() {
    let world = World::new().await.analysed().await;
    world.assert_hidden("/outbox").await;
    world.assert_hidden("/outbox?select=id").await;
    let row = Row { table: "outbox", key: "id", value: &world.analysis };
    world.assert_unwritable(&row, &json!({ "sent_at": null })).await;
}

#[tokio::test]
async fn requested_refreshes_are_seen_and_written_by_no_user() {
    let world = World::new().await;
    let id = uuid::Uuid::now_v7().to_string();
    let insert = "insert into public.refreshes (id, requested_by, items)
        values ($1::text::uuid, 'n8n', '[]')";
    world.admin.execute(insert, &[&id]).await.unwrap();
    world.assert_hidden("/refreshes").await;
    let row = Row { table: "refreshes", key: "id", value: &id };
    world.assert_unwritable(&row, &json!({ "items": [] })).await;
}

#[tokio::test]
async fn users_read_their_own_role_and_cannot_grant_one() {
    let world = World::new().await.analysed().await;
    let replies = world.read("/user_roles?select=user_id,role").await;
    assert_statuses("/user_roles", &replies, [401, 200, 200]);
    assert_eq!(replies[1].json(), json!([]));
    assert_eq!(replies[2].json(), json!([{ "user_id": world.owner.id, "role": "operator" }]));
    let row = Row { table: "user_roles", key: "user_id", value: &world.owner.id };
    world.assert_unwritable(&row, &json!({ "role": "admin" })).await;
    for method in ["GET", "PATCH", "DELETE"] {
        world.assert_refused_to_service(method, &row, &json!({ "role": "admin" })).await;
    }
    let body = json!({ "user_id": world.stranger.id, "role": "admin" });
    for (token, status) in [(None, 401), (Some(world.stranger.token.as_str()), 403)] {
        assert_eq!(world.stack.rest("POST", "/user_roles", token, &body).await.status, status);
    }
}

#[tokio::test]
async fn only_the_schema_public_is_exposed() {
    let world = World::new().await;
    let key = world.stack.get("secret_key");
    for schema in ["partitions", "private", "auth"] {
        let headers = [("apikey", key), ("accept-profile", schema)];
        let reply = world.stack.send("GET", "/rest/v1/price_bars_2024", &headers, "").await;
        assert_eq!((reply.status, &reply.json()["code"]), (406, &json!("PGRST106")), "{schema}");
    }
}
