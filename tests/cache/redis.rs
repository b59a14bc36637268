//! The second level: a real `redis-server`, which tests start themselves.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use shared::store::SecondLevel;
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
        let spawned = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        match spawned {
            Ok(process) => {
                let server = Self { process, url: format!("redis://127.0.0.1:{port}/") };
                let reached = async {
                    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                };
                tokio::time::timeout(Duration::from_secs(60), reached)
                    .await
                    .expect("redis-server does not listen");
                Some(server)
            }
            Err(error) => {
                assert!(
                    std::env::var_os("CI").is_none(),
                    "redis-server cannot be started: {error}"
                );
                eprintln!(
                    "redis-server cannot be started ({error}): the second level of the cache was not tested"
                );
                None
            }
        }
    }

    fn level(&self) -> Option<SecondLevel> {
        Some(SecondLevel::new(&self.url).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

#[tokio::test]
async fn what_one_sandbox_has_read_another_need_not_ask_for() {
    let Some(redis) = Server::start().await else { return };
    let store = Store::start().await;
    let (one, another) =
        (store.markets(policy(), redis.level()), store.markets(policy(), redis.level()));
    assert_eq!(age(&get(&one, &[]).await), (false, ""));
    pass(30);
    assert_eq!((age(&get(&another, &[]).await), store.asked()), ((false, "30"), 1));
    pass(31);
    assert_eq!(
        (age(&get(&another, &[]).await), store.asked()),
        ((false, ""), 2),
        "a minute is over there as well"
    );
}

#[tokio::test]
async fn while_the_store_is_down_another_sandbox_finds_a_stale_answer() {
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
async fn when_redis_goes_down_nothing_fails() {
    let Some(redis) = Server::start().await else { return };
    let mut store = Store::start().await;
    let markets = store.markets(policy(), redis.level());
    get(&markets, &[]).await;
    drop(redis);
    pass(60);
    assert_eq!((age(&get(&markets, &[]).await), store.asked()), ((false, ""), 2));
    store.goes_down().await;
    pass(60);
    assert_eq!(age(&get(&markets, &[]).await), (true, "60"));
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_not_missed() {
    let store = Store::start().await;
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let markets =
        store.markets(policy(), Some(SecondLevel::new(&format!("redis://{nobody}/")).unwrap()));
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
}

/// It takes connections and never answers.
#[tokio::test]
async fn a_redis_that_hangs_is_not_waited_for_long() {
    let hangs = TcpListener::bind("127.0.0.1:0").unwrap();
    let store = Store::start().await;
    let url = format!("redis://{}/", hangs.local_addr().unwrap());
    let markets = store.markets(policy(), Some(SecondLevel::new(&url).unwrap()));
    assert_eq!(age(&get(&markets, &[]).await), (false, ""));
}

#[test]
fn an_address_in_the_clear_must_be_of_this_machine() {
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
