//! A PostgREST on this machine that can go down, and a clock that stands still.

use std::{
    cell::Cell,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::HeaderValue;
use jiff::Timestamp;
use market::{CacheConfig, CachePolicy, Markets, Metric, SecondLevel};
use serde_json::{Map, Value, json};
use shared::{
    config::{DatabaseRole, SupabaseConfig},
    http_client::HttpClient,
};
use support::{Response, app::App};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

thread_local! {
    /// Each test has a thread of its own.
    static NOW: Cell<i64> = const { Cell::new(1_772_443_800) };
}

/// Lets time pass.
pub(crate) fn pass(seconds: i64) {
    NOW.set(NOW.get() + seconds);
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW.get()).unwrap()
}

/// As in production, by the clock of this test.
pub(crate) fn policy() -> CachePolicy {
    CachePolicy { clock: now, ..CachePolicy::default() }
}

/// The behaviour of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Responds,
    Hangs,
    /// It has no rows.
    FindsNothing,
    /// A proxy in front of it cannot reach it.
    ProxyError,
    /// All slots for expensive requests are taken.
    Busy,
    /// They are taken for one request.
    BusyOnce,
}

#[derive(Debug)]
pub(crate) struct Store {
    pub url: String,
    pub mood: Arc<Mutex<Mood>>,
    heads: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Store {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (mood, heads) =
            (Arc::new(Mutex::new(Mood::Responds)), Arc::<Mutex<Vec<String>>>::default());
        let (current, seen) = (Arc::clone(&mood), Arc::clone(&heads));
        let server = tokio::spawn(async move {
            let mut hanging = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let head = head(&mut stream).await;
                seen.lock().unwrap().push(head);
                let mood = *current.lock().unwrap();
                match mood {
                    Mood::Hangs => hanging.push(stream),
                    Mood::Responds => respond(&mut stream, &json!([row()])).await,
                    Mood::FindsNothing => respond(&mut stream, &json!([])).await,
                    Mood::Busy | Mood::BusyOnce => {
                        if mood == Mood::BusyOnce {
                            *current.lock().unwrap() = Mood::Responds;
                        }
                        let error = json!({ "code": "PT503", "message": "busy" }).to_string();
                        send(&mut stream, "503 Service Unavailable", &error).await;
                    }
                    Mood::ProxyError => {
                        send(
                            &mut stream,
                            "522 Connection timed out",
                            "<html>error code: 522</html>",
                        )
                        .await;
                    }
                }
            }
        });
        Self { url, mood, heads, server }
    }

    /// Changes what it does with requests.
    pub(crate) fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Closes the listener.
    pub(crate) async fn goes_down(&mut self) {
        self.server.abort();
        assert!((&mut self.server).await.unwrap_err().is_cancelled());
    }

    /// The heads of the requests, in small letters.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.heads().len()
    }

    pub(crate) fn markets(&self, policy: CachePolicy, second: Option<SecondLevel>) -> Markets {
        self.markets_with(HeaderValue::from_static("sb_publishable_test"), policy, second)
    }

    pub(crate) fn markets_with(
        &self,
        key: HeaderValue,
        policy: CachePolicy,
        second: Option<SecondLevel>,
    ) -> Markets {
        let config = SupabaseConfig { url: self.url.clone(), key, role: DatabaseRole::Anon };
        Markets::new(&config, CacheConfig { policy, second }, &HttpClient::new().unwrap())
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_lowercase()
}

async fn respond(stream: &mut TcpStream, rows: &Value) {
    send(stream, "200 OK", &rows.to_string()).await;
}

async fn send(stream: &mut TcpStream, status: &str, body: &str) {
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // The caller may have closed the connection.
    let _gone = stream.write_all(reply.as_bytes()).await;
    let _gone = stream.shutdown().await;
}

/// AAPL's row of `stock_metrics`; the body of a response with it is longer than 1 KB.
fn row() -> Value {
    let metrics =
        Metric::ALL.iter().map(|metric| (metric.name().to_owned(), json!(-0.123_456_789_012_345)));
    let own = json!({
        "symbol": "AAPL", "name": "Apple Inc.", "exchange": "NASDAQ", "kind": "stock",
        "as_of": "2013-03-01", "close": 430.47, "adj_close": 430.47,
        "volume": 19_730_300, "refreshed_at": "2026-03-02T09:30:00Z", "price_basis": "adjusted",
    });
    Value::Object(metrics.chain(own.as_object().unwrap().clone()).collect::<Map<_, _>>())
}

fn app(markets: &Markets) -> App {
    let deps = get_metrics::Deps { markets: markets.clone() };
    App::default().mount(get_metrics::ROUTE, deps, get_metrics::handle, ())
}

/// `GET /v1/stocks/AAPL/metrics` with these headers.
pub(crate) async fn get(markets: &Markets, headers: &[(&str, &str)]) -> Response {
    app(markets).get_with("/v1/stocks/AAPL/metrics", headers).await
}

/// `GET /v1/stocks/{symbol}/metrics`
pub(crate) async fn get_symbol(markets: &Markets, symbol: &str) -> Response {
    app(markets).get(&format!("/v1/stocks/{symbol}/metrics")).await
}

/// `stale` and the header `Age` of a 200.
pub(crate) fn age(reply: &Response) -> (bool, &str) {
    assert_eq!(reply.status, 200, "{reply:?}");
    (reply.json()["stale"].as_bool().unwrap(), reply.header("age"))
}

/// The store has no time at all once there is a stale entry.
pub(crate) const IMPATIENT: Duration = Duration::ZERO;
