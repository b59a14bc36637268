//! Entity tags of a resource with a version, and `If-Match`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use shared::{
    auth::Anyone,
    http::{Cache, Edge, HandlerResult, Request, Resource, Route},
    list::{Column, Kind, ListSchema, Projection},
};
use support::{Response as Reply, app::pager, assert_problem, event_json, http_event};

const ID: Column = Column::shown("id", Kind::Text);
static NOTES: ListSchema = ListSchema {
    name: "notes",
    columns: &[ID, Column::shown("text", Kind::Text)],
    key: &ID,
    parameters: &[],
};

/// A resource with a version, and long enough to be compressed.
#[derive(Debug, Serialize)]
struct Note {
    id: &'static str,
    text: String,
}

impl Resource for Note {
    const CACHE: Cache = Cache::Private;

    fn revision(&self) -> Option<String> {
        Some("7".to_owned())
    }
}

async fn handle((): &(), _: Anyone, request: Request) -> HandlerResult<Projection<Note>> {
    let query = pager().query(&NOTES, NOTES.parameters(&request)?)?;
    Ok(query.project(Note { id: "n1", text: "note ".repeat(500) }))
}

async fn get(query: &str, headers: &[(&str, &str)]) -> Reply {
    send("GET", query, headers).await
}

async fn send(method: &str, query: &str, headers: &[(&str, &str)]) -> Reply {
    let mut event = event_json("get-metrics");
    event["requestContext"]["http"]["method"] = json!(method);
    event["rawQueryString"] = json!(query);
    for (name, value) in headers {
        event["headers"][*name] = json!(value);
    }
    let edge = Edge::new(Route::open("get-note"), &(), handle, ());
    let request = Request::new(http_event(&event), "", Timestamp::UNIX_EPOCH);
    let (head, body) = edge.respond(request).await.into_parts();
    Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_vec() }
}

const GZIP: (&str, &str) = ("accept-encoding", "gzip");

#[tokio::test]
async fn a_resource_with_a_version_has_a_strong_tag() {
    assert_eq!(get("", &[]).await.header("etag"), "\"7\"");
}

#[tokio::test]
async fn a_compressed_body_has_a_tag_of_its_own() {
    let reply = get("", &[GZIP]).await;
    assert_eq!((reply.header("content-encoding"), reply.header("etag")), ("gzip", "\"7-gzip\""));
}

#[tokio::test]
async fn a_projection_has_a_tag_of_its_own() {
    assert_eq!(get("fields=text", &[]).await.header("etag"), "\"7-id.text\"");
    assert_eq!(get("fields=text", &[GZIP]).await.header("etag"), "\"7-id.text-gzip\"");
}

#[tokio::test]
async fn a_known_tag_is_a_304_with_that_tag() {
    for tag in ["\"7\"", "\"7-gzip\""] {
        for encoding in ["gzip", "identity"] {
            let headers = [("if-none-match", tag), ("accept-encoding", encoding)];
            let known = get("", &headers).await;
            let expected = (304, 0, tag);
            assert_eq!((known.status, known.body.len(), known.header("etag")), expected);
        }
    }
}

#[tokio::test]
async fn a_tag_of_another_projection_or_version_is_not_known() {
    for tag in ["\"7-id.text\"", "\"6\"", "\"6-gzip\"", "\"77\""] {
        assert_eq!(get("", &[("if-none-match", tag)]).await.status, 200, "{tag}");
    }
    assert_eq!(get("fields=text", &[("if-none-match", "\"7\"")]).await.status, 200);
}

#[tokio::test]
async fn if_match_accepts_every_tag_of_the_version() {
    for tag in ["\"7\"", "\"7-gzip\"", "\"7-id.text\"", "W/\"7\"", "\"6\", \"7-40-gzip\"", "*"] {
        assert_eq!(get("", &[("if-match", tag)]).await.status, 200, "{tag}");
    }
}

#[tokio::test]
async fn if_match_of_another_version_is_a_412() {
    for tag in ["\"6\"", "\"77\"", "\"6-7\"", "\"\"", "7x"] {
        let reply = get("", &[("if-match", tag), ("if-none-match", "\"7\"")]).await;
        assert_problem(&reply, 412, "stale_version");
    }
}

#[tokio::test]
async fn if_match_of_a_write_is_for_its_handler_which_compares_before_it_writes() {
    assert_eq!(send("PUT", "", &[("if-match", "\"6\"")]).await.status, 200);
}
