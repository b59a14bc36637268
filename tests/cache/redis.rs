//! The second level: a real `redis-server`, which tests start themselves.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use market::SecondLevel;
use tokio::net::TcpStream;

use super::store::{Store, age, get, pass, policy};

/// Killed when it is dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// `None` without the program, which CI must have.
    async fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        match spawn(port) {
            Ok(process) => {
                let server = Self { process, url: format!("redis://127.0.0.1:{port}/") };
                tokio::time::timeout(Duration::from_secs(60), listening(port))
                    .await
                    .expect("redis-server does not listen");
                Some(server)
            }
            Err(error) => {
                assert!(
                    std::env::var_os("CI").is_none(),
                    "redis-server cannot be started: {error}"
                );
                eprintln!("redis-server cannot be started, its tests are skipped: {error}");
                None
            }
        }
    }

    fn level(&self) -> Option<SecondLevel> {
        Some(SecondLevel::new(&self.url).unwrap())
    }
}

fn spawn(port: u16) -> std::io::Result<Child> {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
}

async fn listening(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

#[tokio::test]
async fn sandboxes_share_cached_entries() {
    let Some(redis) = Server::start().await else { return };
    let store = Store::start().await;
    let (one, another) =
        (store.markets(policy(), redis.level()), store.markets(policy(), redis.level()));
    assert_eq!(age(&get(&one, &[]).await), (false, ""));
    pass(30);
    assert_eq!((age(&get(&another, &[]).await), store.requests()), ((false, "30"), 1));
    pass(31);
    assert_eq!(
        (age(&get(&another, &[]).await), store.requests()),
        ((false, ""), 2),
        "the entry expires in both sandboxes"
    );
}

#[tokio::test]
async fn sandboxes_share_stale_entries_while_the_store_is_down() {
    let Some(redis) = Server::start().await else { return };
    let mut store = Store::start().await;
    let (one, another) =
        (store.markets(policy(), redis.level()), store.markets(policy(), redis.level()));
    get(&one, &[]).await;
    store.goes_down().await;
    pass(120);
    assert_eq!(age(&get(&another, &[]).await), (true, "120"));
}

#[tokio::test]
async fn reads_do_not_fail_when_redis_goes_down() {
    let Some(redis) = Server::start().await else { return };
    let mut store = Store::start().await;
    let markets = store.markets(policy(), redis.level());
    get(&markets, &[]).await;
    drop(redis);
    pass(60);
    assert_eq!((age(&get(&markets, &[]).await), store.requests()), ((false, ""), 2));
    store.goes_down().await;
    pass(60);
    assert_eq!(age(&get(&markets, &[]).await), (true, "60"));
}

#[tokio::test]
async fn reads_do_not_need_a_reachable_redis() {
    let store = Store::start().await;
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let markets =
        store.markets(policy(), Some(SecondLevel::new(&format!("redis://{unused}/")).unwrap()));
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
}

/// It accepts connections and never responds.
#[tokio::test]
async fn reads_do_not_wait_for_a_redis_that_hangs() {
    let hangs = TcpListener::bind("127.0.0.1:0").unwrap();
    let store = Store::start().await;
    let url = format!("redis://{}/", hangs.local_addr().unwrap());
    let markets = store.markets(policy(), Some(SecondLevel::new(&url).unwrap()));
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
}

#[test]
fn an_unencrypted_address_must_be_a_loopback_host() {
    for (url, usable) in [
        ("rediss://cache.example.com:6379", true),
        ("redis://localhost", true),
        ("redis://cache.example.com", false),
        ("http://localhost", false),
        ("cache", false),
    ] {
        assert_eq!(SecondLevel::new(url).is_ok(), usable, "{url}");
    }
}
