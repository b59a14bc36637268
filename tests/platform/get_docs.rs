//! `GET /`, `GET /docs` and the pages below it, and what programs read: `GET /openapi.json`,
//! `GET /llms.txt` and `GET /server.json`.

#[path = "../../functions/platform/get-docs/snippets/verify.rs"]
mod verify;

use std::{collections::BTreeSet, io::Read, process::Command};

use get_docs::PAGES;
use jiff::Timestamp;
use serde_json::Value;
use shared::{
    auth::Anyone,
    http::{IntoResponse, Request},
    webhook::WebhookKeys,
};
use support::{Response, app::App, assert_problem, contract, event_json, template};

const PROBLEMS: &str = "/docs/problems/";

fn app() -> App {
    App::default().mount(get_docs::ROUTE, (), get_docs::handle, ())
}

async fn get(event: &Value) -> Response {
    app().respond("get-docs", event).await
}

/// The page at a path.
async fn page(path: &str) -> Response {
    let mut event = event_json("get-docs");
    event["rawPath"] = path.into();
    event["requestContext"]["http"]["path"] = path.into();
    get(&event).await
}

/// The text of a response; only a page with the URL of the deployment is not compressed.
fn text(reply: &Response) -> String {
    let mut text = String::new();
    if reply.header("content-encoding").is_empty() {
        text.push_str(str::from_utf8(&reply.body).unwrap());
        assert!(text.contains("https://api.example.com"), "not compressed: {text}");
        return text;
    }
    assert_eq!(reply.header("content-encoding"), "gzip");
    flate2::read::GzDecoder::new(&*reply.body).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_reference_is_a_page_that_runs_our_scripts_only() {
    let reply = get(&event_json("get-docs")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = reply.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe-eval"), "{policy}");
    assert!(!text(&reply).contains("https://"), "the page names another host");
}

#[tokio::test]
async fn a_browser_gets_a_start_page_at_the_root() {
    let reply = get(&event_json("get-docs.start")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(reply.header("vary"), "Accept, Accept-Encoding");
    let html = text(&reply);
    for link in ["/docs", "/docs/quick-start", "/docs/agents", "/openapi.json", "/llms.txt"] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
    }
}

#[tokio::test]
async fn a_program_gets_a_problem_with_the_documentation_at_the_root() {
    for accept in ["*/*", "application/json", "text/html;q=0.5, */*", ""] {
        let reply = app().get_with("/", &[("accept", accept)]).await;
        assert_problem(&reply, 404, "route_not_found");
        assert_eq!(reply.json()["documentation"], "/docs", "{accept}");
    }
}

#[tokio::test]
async fn every_page_of_the_guide_and_of_problems_is_also_markdown() {
    for html in PAGES.iter().filter(|page| page.path.starts_with("/docs/")) {
        if html.path.contains('.') {
            continue;
        }
        let path = format!("{}.md", html.path);
        let reply = page(&path).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "text/markdown; charset=utf-8"),
            "{path}"
        );
        assert!(text(&page(html.path).await).contains(&format!("href=\"{path}\"")), "{path}");
    }
    let source = template::text("functions/platform/get-docs/pages/versioning.md");
    assert_eq!(text(&page("/docs/versioning.md").await), source);
}

#[tokio::test]
async fn llms_txt_links_to_the_text_of_every_page_of_the_guide() {
    let list = text(&page("/llms.txt").await);
    assert!(list.starts_with("# Bellwether\n\n> "), "{list}");
    let links: BTreeSet<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("- [")?.split_once("](")?.1.split_once("): "))
        .map(|(url, _)| url.strip_prefix("https://api.example.com").unwrap())
        .collect();
    for page in PAGES.iter().filter(|page| page.path.ends_with(".md")) {
        assert_eq!(links.contains(page.path), !page.path.starts_with(PROBLEMS), "{}", page.path);
    }
    for path in links.iter().filter(|path| !path.starts_with("/v1/")) {
        assert!(PAGES.iter().any(|page| page.path == *path), "there is no {path}");
    }
}

#[tokio::test]
async fn server_json_describes_the_mcp_server_of_this_deployment() {
    let server = page("/server.json").await.json();
    assert_eq!(server["remotes"][0]["url"], "https://api.example.com/mcp");
    assert_eq!(server["name"], "com.example.api/bellwether");
    let contract = template::yaml("infra/api/openapi.yaml");
    assert_eq!(server["version"].as_str(), contract["info"]["version"].as_str());
}

#[tokio::test]
async fn without_a_public_url_the_mcp_server_is_at_the_domain_of_the_api() {
    let mut event = event_json("get-docs");
    event["rawPath"] = "/server.json".into();
    let request = Request::new(support::http_event(&event), "", Timestamp::now());
    let served = get_docs::handle(&(), Anyone, request).await.unwrap();
    let server: Value = serde_json::from_slice(served.into_response().body()).unwrap();
    let domain = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
    assert_eq!(server["remotes"][0]["url"], format!("https://{domain}/mcp"));
    assert_eq!(server["name"], "com.amazonaws.eu-central-1.execute-api.a1b2c3d4e5/bellwether");
}

#[tokio::test]
async fn the_lines_for_mcp_clients_have_the_url_of_this_deployment() {
    for path in ["/docs/agents", "/docs/agents.md"] {
        let reply = page(path).await;
        let page = text(&reply);
        assert!(page.contains("--transport http bellwether https://api.example.com/mcp"), "{page}");
        assert!(!page.contains("{{"), "{page}");
    }
}

#[tokio::test]
async fn every_asset_of_a_page_is_served_as_immutable() {
    let html = text(&page("/docs").await);
    let named: Vec<&str> =
        html.split('"').filter(|part| part.starts_with("/docs/assets/")).collect();
    assert_eq!(named.len(), 5, "{named:?}");
    for path in named {
        let reply = page(path).await;
        assert_eq!(
            (reply.status, reply.header("cache-control")),
            (200, "public, max-age=31536000, immutable"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_link_of_a_page_leads_to_another_page() {
    for from in PAGES.iter().filter(|page| !page.path.contains('.')) {
        let html = text(&page(from.path).await);
        let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for link in links.filter(|link| link.starts_with('/')) {
            assert!(PAGES.iter().any(|page| page.path == link), "{} leads to {link}", from.path);
        }
    }
}

#[tokio::test]
async fn the_contract_is_served_as_json_in_its_own_order() {
    let reply = get(&event_json("get-docs.contract")).await;
    assert_eq!((reply.status, reply.header("content-encoding")), (200, ""));
    assert_eq!(reply.json(), contract::json(&template::yaml("infra/api/openapi.yaml")));
    let body = String::from_utf8(reply.body).unwrap();
    assert!(
        body.find("\"/v1/stocks\"") < body.find("\"/v1/analyses\""),
        "the routes are in another order"
    );
}

#[tokio::test]
async fn a_matching_etag_is_a_304_without_a_body() {
    let mut known = event_json("get-docs.page");
    known["headers"]["if-none-match"] =
        get(&event_json("get-docs.page")).await.header("etag").into();
    let reply = get(&known).await;
    assert_eq!((reply.status, reply.body.len()), (304, 0));
}

#[tokio::test]
async fn a_client_that_does_not_accept_gzip_gets_the_same_page() {
    let plain_text = text(&get(&event_json("get-docs.page")).await);
    for refusal in ["", "identity", "gzip;q=0, br"] {
        let mut event = event_json("get-docs.page");
        event["headers"]["accept-encoding"] = refusal.into();
        let reply = get(&event).await;
        assert_eq!(
            (reply.header("content-encoding"), reply.header("vary")),
            ("", "Accept-Encoding"),
            "{refusal}"
        );
        assert_eq!(String::from_utf8(reply.body).unwrap(), plain_text, "{refusal}");
    }
}

#[tokio::test]
async fn an_unknown_page_and_an_unknown_parameter_are_problems() {
    assert_problem(&get(&event_json("get-docs.unknown-page")).await, 404, "route_not_found");
    assert_problem(&get(&event_json("get-docs.unknown-parameter")).await, 400, "unknown_parameter");
}

#[tokio::test]
async fn a_problem_has_its_page() {
    let html = text(&get(&event_json("get-docs.problem")).await);
    assert!(html.contains("<h1><code>stock_not_found</code></h1>"), "{html}");
}

#[test]
fn the_pages_of_problems_are_those_of_the_contract() {
    let pages: BTreeSet<&str> =
        PAGES.iter().filter_map(|page| page.path.strip_prefix(PROBLEMS)).collect();
    let (texts, pages): (BTreeSet<&str>, _) =
        pages.into_iter().partition(|name| name.ends_with(".md"));
    assert_eq!(texts.len(), pages.len());
    let document = template::yaml("infra/api/openapi.yaml");
    let codes = document["components"]["schemas"]["ProblemCode"]["enum"].as_vec().unwrap();
    assert_eq!(pages, codes.iter().filter_map(|code| code.as_str()).collect());
}

#[test]
fn the_python_of_the_guide_accepts_only_genuine_messages() {
    let root = template::root();
    let run = Command::new("python3")
        .args([
            root.join("tests/docs/verify_test.py"),
            root.join("functions/platform/get-docs/snippets"),
        ])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn the_rust_of_the_guide_accepts_only_genuine_messages() {
    for message in messages() {
        let genuine = [
            ("webhook-id", "id"),
            ("webhook-timestamp", "timestamp"),
            ("webhook-signature", "signature"),
        ];
        let genuine = genuine.map(|(header, field)| (header, plain(&message[field])));
        let (secret, body) = (plain(&message["secret"]), plain(&message["body"]));
        let now = message["timestamp"].as_i64().unwrap();
        assert!(is_genuine(&secret, &genuine, &body, now), "{message}");
        for (changed, value) in
            [("webhook-id", "msg_2"), ("webhook-timestamp", "soon"), ("webhook-signature", "v1,")]
        {
            let headers = genuine
                .clone()
                .map(|(name, own)| (name, if name == changed { value.to_owned() } else { own }));
            assert!(!is_genuine(&secret, &headers, &body, now), "{changed}");
        }
        assert!(is_genuine(&secret, &genuine, &body, now + 300));
        assert!(!is_genuine(&secret, &genuine, &body, now + 301));
        assert!(!is_genuine("whsec_AAAA", &genuine, &body, now));
        assert!(!is_genuine(&secret, &genuine, "{}", now));
    }
}

/// The verdict of the snippet on a message with these headers.
fn is_genuine(secret: &str, headers: &[(&str, String)], body: &str, now: i64) -> bool {
    verify::is_genuine(
        secret,
        |name| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str()),
        body.as_bytes(),
        now,
    )
}

#[test]
fn our_signatures_match_those_of_the_snippets() {
    for message in messages() {
        let keys = WebhookKeys::parse(&[plain(&message["secret"]).into()]).unwrap();
        let sent_at = Timestamp::from_second(message["timestamp"].as_i64().unwrap()).unwrap();
        let ours =
            keys.sign(&plain(&message["id"]), sent_at, plain(&message["body"]).as_bytes()).unwrap();
        assert_eq!(ours, message["signature"], "{}", message["title"]);
    }
}

fn messages() -> Vec<Value> {
    serde_json::from_str(&template::text("tests/docs/signatures.json")).unwrap()
}

/// Text and numbers as they are sent.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

mod on_the_stack {
    use support::stack::Stack;

    use super::*;

    #[tokio::test]
    async fn a_compressed_page_reaches_the_caller_whole() {
        let reply = Stack::running()
            .send("GET", "/docs/webhooks", &[("accept-encoding", "gzip")], "")
            .await;
        assert_eq!(text(&reply), text(&page("/docs/webhooks").await));
    }

    #[tokio::test]
    async fn the_address_of_a_problem_leads_to_its_page() {
        let stack = Stack::running();
        let problem = stack.get_json("/v1/stocks/NOPE", None).await.json();
        let reply = stack.get_json(problem["type"].as_str().unwrap(), None).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
    }
}
