//! The running local stack, as `.local/stack.json` describes it.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use shared::{
    deadline::Deadline,
    http_client::{HttpClient, Limits},
};
use tokio_postgres::NoTls;

use crate::{Response, contract};

/// Long enough for a queue and a workflow, short enough for a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Paths of Supabase and of the stack itself at the shared address.
const NOT_OURS: [&str; 3] = ["/_stack/", "/auth/v1/", "/rest/v1/"];

/// The stack and one HTTP client.
#[derive(Debug)]
pub struct Stack {
    pub about: Value,
    http: HttpClient,
}

/// A signed-up user.
#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    pub token: String,
}

impl Stack {
    /// The stack that `make test` or `make up` has started.
    pub fn running() -> Self {
        let path = format!("{}/../.local/stack.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path)
            .expect("the local stack is not running: start it with `make up DETACH=1`");
        Self { about: serde_json::from_str(&text).unwrap(), http: HttpClient::new().unwrap() }
    }

    /// A field of `stack.json`.
    pub fn get(&self, name: &str) -> &str {
        self.about[name].as_str().unwrap_or_else(|| panic!("stack.json has no {name}"))
    }

    /// Sends a request to a URL or, when it begins with a slash, to a path of the stack. Asserts
    /// that the contract documents the response, if it is one of Bellwether.
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Response {
        let url = if url.starts_with('/') {
            format!("{}{url}", self.get("base_url"))
        } else {
            url.to_owned()
        };
        let mut request = http::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let limits = Limits { timeout: Duration::from_secs(30), max_body: 64 * 1024 * 1024 };
        let response = self
            .http
            .send(request.body(body.into()).unwrap(), limits, Deadline::default())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        let response =
            Response { status: head.status.as_u16(), headers: head.headers, body: body.to_vec() };
        self.assert_documented(method, &url, &response);
        response
    }

    /// The contract documents every response at the shared address except those of Supabase and the
    /// emulator.
    fn assert_documented(&self, method: &str, url: &str, response: &Response) {
        let Some(path) =
            url.strip_prefix(self.get("base_url")).and_then(|rest| rest.split('?').next())
        else {
            return;
        };
        match path.strip_prefix("/hooks/") {
            Some(function) => contract::assert_hook(method, function, response),
            None if NOT_OURS.iter().any(|start| path.starts_with(start)) => {}
            None => contract::assert_route(method, path, response),
        }
    }

    /// `GET` of a path, with the token of a user if there is one.
    pub async fn get_json(&self, path: &str, token: Option<&str>) -> Response {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> =
            bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
        self.send("GET", path, &headers, "").await
    }

    /// `POST` of a JSON body, with the token of a user if there is one.
    pub async fn post_json(&self, path: &str, token: Option<&str>, body: &Value) -> Response {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.iter().map(|bearer| ("authorization", bearer.as_str())));
        self.send("POST", path, &headers, body.to_string()).await
    }

    /// PostgREST as `anon`, or as the bearer of `token`.
    pub async fn rest(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Response {
        self.rest_with(self.get("publishable_key"), method, path, token, body).await
    }

    /// PostgREST as `service_role`.
    pub async fn rest_as_service(&self, method: &str, path: &str, body: &Value) -> Response {
        self.rest_with(self.get("secret_key"), method, path, None, body).await
    }

    async fn rest_with(
        &self,
        key: &str,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Response {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("apikey", key), ("content-type", "application/json")];
        headers.extend(bearer.iter().map(|bearer| ("authorization", bearer.as_str())));
        let body = if method == "GET" { String::new() } else { body.to_string() };
        self.send(method, &format!("/rest/v1{path}"), &headers, body).await
    }

    /// Signs up a new user.
    pub async fn sign_up(&self) -> User {
        let email = format!("{}@example.test", uuid::Uuid::now_v7());
        let body = json!({ "email": email, "password": "correct horse battery staple" });
        let headers =
            [("apikey", self.get("publishable_key")), ("content-type", "application/json")];
        let reply = self.send("POST", "/auth/v1/signup", &headers, body.to_string()).await;
        let json = reply.json();
        let (id, token) = (json["user"]["id"].as_str(), json["access_token"].as_str());
        let (id, token) = id.zip(token).unwrap_or_else(|| panic!("sign-up failed: {json}"));
        User { id: id.to_owned(), token: token.to_owned() }
    }

    /// A connection as the database's superuser, for settings no API role may make.
    pub async fn admin(&self) -> tokio_postgres::Client {
        let (client, connection) =
            tokio_postgres::connect(self.get("postgres_url"), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Adds a stock with a symbol of its own. It is followed but not due, so the schedule does not
    /// refresh it.
    pub async fn add_stock(&self, prefix: &str) -> String {
        let id = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
        let symbol = format!("{prefix}{}", &id[..8]);
        let insert = "insert into public.stocks (symbol, name, exchange, refreshed_at)
            values ($1, 'Test', 'TEST', now())";
        self.admin().await.execute(insert, &[&symbol]).await.unwrap();
        symbol
    }

    /// Adds a workflow with a name of its own; `webhook_path` selects how the fake n8n behaves.
    pub async fn add_workflow(&self, webhook_path: &str, enabled: bool) -> String {
        let name = format!("test-{}", uuid::Uuid::new_v4().simple());
        let insert = "insert into public.workflows
               (name, title, webhook_path, parameters_schema, result_schema, enabled)
             values ($1, 'Test', $2, '{}', '{}', $3)";
        self.admin().await.execute(insert, &[&name, &webhook_path, &enabled]).await.unwrap();
        name
    }

    /// Adds an analysis of AAPL that stays requested: its message is marked as sent, so that
    /// dispatch-analysis does not get it.
    pub async fn add_analysis(&self, id: &str, owner: &str) {
        let arguments = json!({
            "p_id": id, "p_actor": owner, "p_symbol": "AAPL", "p_workflow": "stock-analysis",
            "p_parameters": {}, "p_traceparent": null,
        });
        let created = self.rest_as_service("POST", "/rpc/create_analysis", &arguments).await;
        assert_eq!(created.status, 200, "{created:?}");
        let mark = "update public.outbox set sent_at = now() where id::text = $1";
        self.admin().await.execute(mark, &[&id]).await.unwrap();
    }

    /// Repeats a `GET` until `done` accepts the response.
    ///
    /// # Panics
    /// When that takes longer than a minute; the last response is shown.
    pub async fn until(
        &self,
        path: &str,
        token: Option<&str>,
        done: impl Fn(&Value) -> bool,
    ) -> Value {
        self.until_within(PATIENCE.as_secs(), path, token, done).await
    }

    /// As [`until`](Self::until), for at most `seconds`; for changes by a schedule.
    pub async fn until_within(
        &self,
        seconds: u64,
        path: &str,
        token: Option<&str>,
        done: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(seconds);
        loop {
            let reply = self.get_json(path, token).await.json();
            if done(&reply) {
                return reply;
            }
            assert!(tokio::time::Instant::now() < deadline, "timed out: {reply}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Invokes a function through the emulator's Lambda API and returns its response.
    pub async fn invoke(&self, function: &str, event: &Value) -> Response {
        let name = self.about["functions"][function]
            .as_str()
            .unwrap_or_else(|| panic!("no function {function}"));
        let url = format!("{}/2015-03-31/functions/{name}/invocations", self.get("ministack_url"));
        let credential = "AWS4-HMAC-SHA256 \
            Credential=test/20260101/us-east-1/lambda/aws4_request, \
            SignedHeaders=host, Signature=0";
        self.send("POST", &url, &[("authorization", credential)], event.to_string()).await
    }
}
