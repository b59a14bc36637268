//! Requested refreshes, in transactions that are never committed, so that the running stack does
//! not make them.

use serde_json::{Value, json};
use tokio_postgres::Transaction;
use uuid::Uuid;

use super::world::World;

async fn json_of(change: &Transaction<'_>, sql: &str, arguments: [&str; 3]) -> Value {
    let [first, second, third] = &arguments;
    let text: String = change.query_one(sql, &[first, second, third]).await.unwrap().get(0);
    serde_json::from_str(&text).unwrap()
}

/// Requests these symbols, separated by commas, with the id of a webhook.
async fn request(change: &Transaction<'_>, webhook: &str, symbols: &str) -> Value {
    request_with(change, webhook, symbols, "false, null").await
}

/// Requests them with these values of `p_force` and `p_full`.
async fn request_with(
    change: &Transaction<'_>,
    webhook: &str,
    symbols: &str,
    options: &str,
) -> Value {
    let sql = format!(
        "select public.request_refresh($1::text::uuid, $2, 'n8n', string_to_array($3, ','),
           {options}, null)::text"
    );
    json_of(change, &sql, [&Uuid::now_v7().to_string(), webhook, symbols]).await
}

/// The end of an item: its status, and code and detail of its error.
type End<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

async fn end(change: &Transaction<'_>, id: &str, symbol: &str, (status, code, detail): End<'_>) {
    let sql = "select public.end_refresh_item($1::text::uuid, $2, $3, $4, $5)";
    change.execute(sql, &[&id, &symbol, &status, &code, &detail]).await.unwrap();
}

/// Symbol, status and code of each item.
fn statuses(refresh: &Value) -> Vec<[&str; 3]> {
    let items = refresh["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            ["/symbol", "/status", "/error/code"]
                .map(|path| item.pointer(path).and_then(Value::as_str).unwrap_or_default())
        })
        .collect()
}

#[tokio::test]
async fn a_request_queues_the_stocks_that_may_be_refreshed() {
    let World { stack, symbol, mut admin, .. } = World::new().await;
    let (waits, inactive) = tokio::join!(stack.add_stock("DB"), stack.add_stock("DB"));
    let change = admin.transaction().await.unwrap();
    let prepare = format!(
        "update private.stocks set retry_at = now() + interval '1 hour' where symbol = '{waits}';
         update private.stocks set active = false where symbol = '{inactive}'"
    );
    change.batch_execute(&prepare).await.unwrap();
    let symbols = format!("{waits},{symbol},UNKNOWN,{inactive},{symbol}");

    let refresh = request(&change, "msg_1", &symbols).await;
    assert_eq!(
        statuses(&refresh),
        [
            [waits.as_str(), "skipped", "retry_later"],
            [symbol.as_str(), "queued", ""],
            ["UNKNOWN", "skipped", "stock_not_found"],
            [inactive.as_str(), "skipped", "stock_inactive"],
        ]
    );
    let [message] = &refresh["messages"].as_array().unwrap()[..] else { panic!("{refresh}") };
    let (payload, id) = (&message["payload"], &refresh["id"]);
    assert_eq!(
        json!([payload["symbol"], payload["refresh_id"], payload["full"], payload["force"]]),
        json!([symbol, id, null, false])
    );
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_queued_item_has_a_message_in_the_outbox() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let refresh = request(&change, "msg_1", &symbol).await;
    let stored = "select count(*) from public.outbox where topic = 'refreshes'
        and id = $1::text::uuid and claim_token = $2::text::uuid and claimed_until > now()";
    let message = refresh["messages"][0]["id"].as_str().unwrap();
    let token = refresh["claim_token"].as_str().unwrap();
    let row = change.query_one(stored, &[&message, &token]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 1);
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_forced_or_replacing_request_does_not_wait_for_a_retry() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let waits = "update private.stocks set retry_at = 'infinity' where symbol = $1";
    change.execute(waits, &[&symbol]).await.unwrap();
    for (webhook, options, full) in
        [("msg_1", "true, null", Value::Null), ("msg_2", "false, 'replace'", json!("replace"))]
    {
        let forced = request_with(&change, webhook, &symbol, options).await;
        assert_eq!(statuses(&forced), [[symbol.as_str(), "queued", ""]]);
        let payload = &forced["messages"][0]["payload"];
        assert_eq!((&payload["full"], &payload["force"]), (&full, &json!(true)));
    }
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_webhook_is_stored_once() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let first = request(&change, "msg_1", &symbol).await;
    let again = request(&change, "msg_1", &symbol).await;
    assert_eq!((&again["id"], &again["items"]), (&first["id"], &first["items"]));
    assert_eq!(again["messages"], json!([]));
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_request_has_1_to_100_symbols() {
    let World { mut admin, .. } = World::new().await;
    for (count, is_accepted) in [(0, false), (1, true), (100, true), (101, false)] {
        let change = admin.transaction().await.unwrap();
        let sql = "select public.request_refresh(gen_random_uuid(), null, 'n8n',
            array(select 'UNKNOWN' from generate_series(1, $1)), false, null, null)";
        let stored = change.execute(sql, &[&count]).await;
        let code = stored.as_ref().err().and_then(|error| Some(error.code()?.code().to_owned()));
        let expected = (!is_accepted).then(|| "PT422".to_owned());
        assert_eq!(code, expected, "{count}: {stored:?}");
    }
}

#[tokio::test]
async fn an_item_that_was_not_refreshed_says_why() {
    let World { stack, symbol, mut admin, .. } = World::new().await;
    let other = stack.add_stock("DB").await;
    let change = admin.transaction().await.unwrap();
    let symbols = format!("UNKNOWN,{symbol},{other}");
    let refresh = request(&change, "msg_1", &symbols).await;
    let id = refresh["id"].as_str().unwrap();
    end(&change, id, &symbol, ("failed", Some("provider_unavailable"), Some("timed out"))).await;
    end(&change, id, &other, ("done", None, None)).await;
    let ended = request(&change, "msg_1", &symbols).await;
    let unknown = json!({
        "code": "stock_not_found", "detail": "There is no stock with this symbol.",
    });
    let failure = json!({ "code": "provider_unavailable", "detail": "timed out" });
    assert_eq!(
        ended["items"],
        json!([
            { "symbol": "UNKNOWN", "status": "skipped", "error": unknown },
            { "symbol": symbol, "status": "failed", "error": failure },
            { "symbol": other, "status": "done", "error": null },
        ])
    );
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_request_of_unknown_symbols_only_is_stored_and_queues_nothing() {
    let World { mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let refresh = request(&change, "msg_1", "UNKNOWN").await;
    assert_eq!(statuses(&refresh), [["UNKNOWN", "skipped", "stock_not_found"]]);
    assert_eq!(refresh["messages"], json!([]));
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn an_item_ends_once() {
    let World { stack, symbol, mut admin, .. } = World::new().await;
    let other = stack.add_stock("DB").await;
    let change = admin.transaction().await.unwrap();
    let refresh = request(&change, "msg_1", &format!("{symbol},{other}")).await;
    let id = refresh["id"].as_str().unwrap();
    end(&change, id, &symbol, ("failed", Some("provider_unavailable"), Some("timed out"))).await;
    end(&change, id, &symbol, ("skipped", Some("retry_later"), None)).await;
    assert_eq!(
        statuses(&request(&change, "msg_1", &symbol).await),
        [[symbol.as_str(), "failed", "provider_unavailable"], [other.as_str(), "queued", ""]]
    );
    end(&change, id, &other, ("done", None, None)).await;
    assert_eq!(
        statuses(&request(&change, "msg_1", &symbol).await)[1],
        [other.as_str(), "done", ""]
    );
    change.rollback().await.unwrap();
}

/// Requests of this age, without and with the whole history: their items, after the outcome of
/// another refresh.
async fn outcomes(
    symbol: &str,
    change: &Transaction<'_>,
    minutes: u32,
    outcome: &str,
) -> [Value; 2] {
    for (webhook, full) in [("msg_1", "null"), ("msg_2", "'reconcile'")] {
        request_with(change, webhook, symbol, &format!("false, {full}")).await;
    }
    let age = format!(
        "update public.refreshes set requested_at = now() - interval '{minutes} minutes'
         where webhook_id in ('msg_1', 'msg_2'); select {outcome}"
    );
    change.batch_execute(&age).await.unwrap();
    let items = async |webhook| {
        let stored = request(change, webhook, symbol).await;
        json!([stored["items"][0]["status"], stored["items"][0]["error"]])
    };
    [items("msg_1").await, items("msg_2").await]
}

#[tokio::test]
async fn an_item_without_a_message_ends_with_the_next_refresh_of_its_stock() {
    let World { symbol, mut admin, .. } = World::new().await.refreshed().await;
    let applied = |replace: bool| {
        let rows = r#"[{ "day": "2024-01-02", "open": 1, "high": 1, "low": 1, "close": 1,
            "adj_close": 1, "volume": 1 }]"#;
        format!(
            "public.apply_refresh('{symbol}', 1, 'csv', {replace}, {replace}, '{rows}', '{rows}')"
        )
    };
    let failed = format!("public.record_refresh_error('{symbol}', 1, 'a', 'b')");
    let [queued, done] = [json!(["queued", null]), json!(["done", null])];
    let failure = json!(["failed", { "code": "a", "detail": "b" }]);
    for (minutes, outcome, expected) in [
        // Its own message may still end it.
        (119, &applied(true), [&queued, &queued]),
        (119, &failed, [&queued, &queued]),
        (121, &applied(false), [&done, &queued]),
        (121, &applied(true), [&done, &done]),
        (121, &failed, [&failure, &failure]),
    ] {
        let change = admin.transaction().await.unwrap();
        let items = outcomes(&symbol, &change, minutes, outcome).await;
        assert_eq!(items.each_ref(), expected, "{minutes} minutes, {outcome}");
        change.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn an_item_has_no_unknown_status() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let refresh = request(&change, "msg_1", &symbol).await;
    let sql = "select public.end_refresh_item($1::text::uuid, $2, 'lost', null, null)";
    let id = refresh["id"].as_str().unwrap();
    let error = change.execute(sql, &[&id, &symbol]).await.unwrap_err();
    let constraint = error.as_db_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("items_have_a_status"));
}

#[tokio::test]
async fn requests_are_kept_for_thirty_days() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    for (webhook, days) in [("msg_1", 29), ("msg_2", 31)] {
        request(&change, webhook, &symbol).await;
        let age = format!(
            "update public.refreshes set requested_at = now() - interval '{days} days'
             where webhook_id = '{webhook}'"
        );
        change.batch_execute(&age).await.unwrap();
    }
    request(&change, "msg_3", &symbol).await;
    let sql = "select array_agg(webhook_id order by webhook_id) from public.refreshes
        where webhook_id in ('msg_1', 'msg_2', 'msg_3')";
    let kept: Vec<String> = change.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(kept, ["msg_1", "msg_3"]);
    change.rollback().await.unwrap();
}
