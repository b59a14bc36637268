//! `GET /v1/analyses/{id}`, on the running stack: the database decides who owns a row.

use serde_json::json;
use support::{
    assert_problem,
    stack::{Stack, User},
};

/// The path of a new analysis of this user.
async fn requested_by(stack: &Stack, owner: &User) -> String {
    let request = json!({ "symbol": "IBM" });
    let created = stack.post_json("/v1/analyses", Some(&owner.token), &request).await.json();
    format!("/v1/analyses/{}", created["id"].as_str().unwrap())
}

/// The owner and the path of an analysis that has ended.
async fn finished(stack: &Stack) -> (User, String) {
    let owner = stack.sign_up().await;
    let path = requested_by(stack, &owner).await;
    stack.until(&path, Some(&owner.token), |analysis| analysis["finished_at"].is_string()).await;
    (owner, path)
}

#[tokio::test]
async fn an_analysis_is_found_by_its_owner_only() {
    let stack = Stack::running();
    let (owner, stranger) = (stack.sign_up().await, stack.sign_up().await);
    let path = requested_by(&stack, &owner).await;
    let own = stack.get_json(&path, Some(&owner.token)).await;
    assert_eq!((own.status, own.header("cache-control")), (200, "private, no-store"));
    assert_eq!(own.json()["events"][0]["type"], "requested");
    assert_problem(&stack.get_json(&path, Some(&stranger.token)).await, 404, "analysis_not_found");
    assert_problem(&stack.get_json(&path, None).await, 401, "unauthenticated");
}

#[tokio::test]
async fn a_matching_etag_is_a_304_without_a_body() {
    let stack = Stack::running();
    let (owner, path) = finished(&stack).await;
    let finished = stack.get_json(&path, Some(&owner.token)).await;
    assert_eq!(finished.header("retry-after"), "", "a finished analysis does not change");
    let (etag, bearer) = (finished.header("etag").to_owned(), format!("Bearer {}", owner.token));
    let body = finished.json();
    let progress =
        body["progress"].as_u64().map(|percent| format!("-{percent}")).unwrap_or_default();
    assert_eq!(etag, format!("\"{}{progress}\"", body["version"]));
    let headers = [("authorization", bearer.as_str()), ("if-none-match", etag.as_str())];
    let known = stack.send("GET", &path, &headers, "").await;
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, etag.as_str()));
}

#[tokio::test]
async fn the_tag_names_the_version_in_every_encoding() {
    let stack = Stack::running();
    let (owner, path) = finished(&stack).await;
    // Several spaces after the scheme are allowed.
    let bearer = format!("Bearer   {}", owner.token);
    let (plain, gzip) = (("accept-encoding", "identity"), ("accept-encoding", "gzip"));
    let authorized = ("authorization", bearer.as_str());
    let reply = stack.send("GET", &path, &[authorized, plain], "").await;
    let tag = reply.header("etag").trim_end_matches('"').to_owned();
    let compressed = stack.send("GET", &path, &[authorized, gzip], "").await;
    assert_eq!(compressed.header("content-encoding"), "gzip");
    assert_eq!(compressed.header("etag"), format!("{tag}-gzip\""));
    for current in [compressed.header("etag"), "*"] {
        let reply = stack.send("GET", &path, &[authorized, ("if-match", current)], "").await;
        assert_eq!(reply.status, 200, "{current}");
    }
    let reply = stack.send("GET", &path, &[authorized, ("if-match", "\"1\"")], "").await;
    assert_problem(&reply, 412, "stale_version");
}

#[tokio::test]
async fn progress_changes_the_etag() {
    let stack = Stack::running();
    let (owner, id) = (stack.sign_up().await, uuid::Uuid::now_v7().to_string());
    stack.add_analysis(&id, &owner.id).await;
    let dispatched = json!({
        "p_analysis_id": id, "p_version": 1, "p_type": "dispatched", "p_actor": "test",
        "p_data": { "attempt": 1, "lease_until": "2099-01-01T00:00:00Z" }, "p_webhook_id": null,
    });
    assert_eq!(
        stack.rest_as_service("POST", "/rpc/append_analysis_event", &dispatched).await.status,
        200
    );
    let (path, bearer) = (format!("/v1/analyses/{id}"), format!("Bearer {}", owner.token));
    let etag = stack.get_json(&path, Some(&owner.token)).await.header("etag").to_owned();
    assert_eq!(etag, "\"2\"");
    let headers = [("authorization", bearer.as_str()), ("if-none-match", etag.as_str())];
    assert_eq!(stack.send("GET", &path, &headers, "").await.status, 304);
    let progress = json!({ "p_analysis_id": id, "p_progress": 40, "p_attempt": 1 });
    assert_eq!(
        stack.rest_as_service("POST", "/rpc/record_analysis_progress", &progress).await.status,
        200
    );
    let changed = stack.send("GET", &path, &headers, "").await;
    assert_eq!(
        (changed.status, changed.header("etag"), &changed.json()["progress"]),
        (200, "\"2-40\"", &json!(40))
    );
}

#[tokio::test]
async fn the_progress_of_a_succeeded_analysis_is_100() {
    let stack = Stack::running();
    let (owner, id) = (stack.sign_up().await, uuid::Uuid::now_v7().to_string());
    stack.add_analysis(&id, &owner.id).await;
    let result = json!({ "result": {
        "verdict": "bearish", "confidence": 0.5, "summary": "Test.", "signals": [],
    } });
    let succeeded = json!({
        "p_analysis_id": id, "p_version": 1, "p_type": "succeeded", "p_actor": "test",
        "p_data": result, "p_webhook_id": null,
    });
    for (function, arguments) in
        [("append_analysis_event", succeeded), ("rebuild_analysis", json!({ "p_analysis_id": id }))]
    {
        let path = format!("/rpc/{function}");
        let reply = stack.rest_as_service("POST", &path, &arguments).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
        let analysis = stack.get_json(&format!("/v1/analyses/{id}"), Some(&owner.token)).await;
        let analysis = analysis.json();
        assert_eq!(
            (&analysis["status"], &analysis["progress"]),
            (&json!("succeeded"), &json!(100))
        );
    }
}

#[tokio::test]
async fn an_invalid_id_is_a_400_problem_that_names_it() {
    let stack = Stack::running();
    let owner = stack.sign_up().await;
    let id = "019cb308-6dc0-7c0a-9b5e-3f1d2a6b8c47";
    for invalid in ["7", &format!("urn:uuid:{id}"), &format!("%7B{id}%7D"), &id.replace('-', "")] {
        let path = format!("/v1/analyses/{invalid}");
        let reply = stack.get_json(&path, Some(&owner.token)).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "id");
    }
    for unknown in [id, &id.to_uppercase()] {
        let path = format!("/v1/analyses/{unknown}");
        let reply = stack.get_json(&path, Some(&owner.token)).await;
        assert_problem(&reply, 404, "analysis_not_found");
    }
}

#[tokio::test]
async fn a_long_timeline_is_read_page_by_page() {
    let stack = Stack::running();
    let (owner, id) = (stack.sign_up().await, uuid::Uuid::now_v7().to_string());
    stack.add_analysis(&id, &owner.id).await;
    for sql in [
        "insert into public.analysis_events
            select id, number, 'callback_ignored', now(), 'test', '{}', null
            from public.analyses, generate_series(2, 450) as number where id::text = $1",
        "update public.analyses set version = 450 where id::text = $1",
    ] {
        stack.admin().await.execute(sql, &[&id]).await.unwrap();
    }
    let (mut path, mut pages) = (format!("/v1/analyses/{id}"), Vec::new());
    loop {
        let page = stack.get_json(&path, Some(&owner.token)).await.json();
        let versions = page["events"].as_array().unwrap().iter();
        pages.push(versions.map(|event| event["version"].as_i64().unwrap()).collect::<Vec<_>>());
        let Some(after) = page["next_after"].as_i64() else { break };
        path = format!("/v1/analyses/{id}?after={after}");
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [200, 200, 50]);
    assert_eq!(pages.concat(), (1..=450).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_version_that_no_analysis_can_have_is_a_400_problem() {
    let stack = Stack::running();
    let owner = stack.sign_up().await;
    for after in ["2147483648", "-1", "one"] {
        let path = format!("/v1/analyses/019cb308-6dc0-7c0a-9b5e-3f1d2a6b8c47?after={after}");
        let reply = stack.get_json(&path, Some(&owner.token)).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], "after");
    }
}
