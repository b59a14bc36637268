//! `GET /v1/analyses/{id}`, on the running stack: whose row it is, the database decides.

use serde_json::json;
use support::{assert_problem, stack::Stack};

#[tokio::test]
async fn its_owner_reads_an_analysis_and_a_stranger_finds_nothing() {
    let stack = Stack::running();
    let (owner, stranger) = (stack.sign_up().await, stack.sign_up().await);
    let created = stack.post_json("/v1/analyses", Some(&owner.token), &json!({ "symbol": "IBM" })).await.json();
    let path = format!("/v1/analyses/{}", created["id"].as_str().unwrap());
    let mine = stack.get_json(&path, Some(&owner.token)).await;
    assert_eq!((mine.status, mine.header("cache-control")), (200, "private, no-store"));
    assert_eq!(mine.json()["events"][0]["type"], "requested");
    assert_problem(&stack.get_json(&path, Some(&stranger.token)).await, 404, "analysis_not_found");
    assert_problem(&stack.get_json(&path, None).await, 401, "unauthenticated");
}

#[tokio::test]
async fn a_version_that_is_known_already_is_a_304_without_a_body() {
    let stack = Stack::running();
    let owner = stack.sign_up().await;
    let created = stack.post_json("/v1/analyses", Some(&owner.token), &json!({ "symbol": "IBM" })).await.json();
    let path = format!("/v1/analyses/{}", created["id"].as_str().unwrap());
    stack.until(&path, Some(&owner.token), |analysis| analysis["finished_at"].is_string()).await;
    let finished = stack.get_json(&path, Some(&owner.token)).await;
    assert_eq!(finished.header("retry-after"), "", "nothing more will happen");
    let (etag, bearer) = (finished.header("etag").to_owned(), format!("Bearer {}", owner.token));
    assert_eq!(etag, format!("\"{}\"", finished.json()["version"]));
    let headers = [("authorization", bearer.as_str()), ("if-none-match", etag.as_str())];
    let known = stack.send("GET", &path, &headers, "").await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, etag.as_str()));
}

#[tokio::test]
async fn an_id_that_is_none_is_named() {
    let stack = Stack::running();
    let owner = stack.sign_up().await;
    let problem = assert_problem(&stack.get_json("/v1/analyses/7", Some(&owner.token)).await, 400, "validation_failed");
    assert_eq!(problem["errors"][0]["field"], "id");
    let path = "/v1/analyses/019cb308-6dc0-7c0a-9b5e-3f1d2a6b8c47";
    assert_problem(&stack.get_json(path, Some(&owner.token)).await, 404, "analysis_not_found");
}
