//! Expensive requests take one of few slots, or are refused while others have them.

use jiff::{ToSpan, civil::Date};
use market::Metric;
use serde_json::{Value, json};
use support::Response;
use tokio_postgres::Client;

use super::world::{World, bar};

/// A stock with a bar on each day of three years.
async fn world() -> World {
    let world = World::new().await;
    let first: Date = "1991-01-01".parse().unwrap();
    let bars = first.series(1.day()).take(3 * 365).map(|day| bar(&day.to_string()));
    assert_eq!(world.apply(0, true, &bars.collect()).await.status, 200);
    world
}

async fn history(world: &World, limit: u16, metrics: &[&str]) -> Response {
    let arguments = json!({
        "p_symbol": world.symbol, "p_interval": "day", "p_adjusted": true, "p_metrics": metrics,
        "p_limit": limit,
    });
    world.stack.rest("POST", "/rpc/read_history_page", None, &arguments).await
}

/// `GET` of rows of `stocks`, once as `anon` and once as a user.
async fn stocks(world: &World, filter: &str) -> [Response; 2] {
    let path = format!("/stocks?select=symbol&{filter}");
    [
        world.stack.rest("GET", &path, None, &Value::Null).await,
        world.stack.rest("GET", &path, Some(&world.stranger.token), &Value::Null).await,
    ]
}

#[track_caller]
fn assert_busy(reply: &Response, request: &str) {
    let error = reply.json();
    assert_eq!((reply.status, &error["message"]), (503, &json!("busy")), "{request}: {error}");
}

/// Takes slots until the client is dropped.
async fn taken(world: &World, locks: &str) -> Client {
    let other = world.stack.admin().await;
    other.query(&format!("select {locks}"), &[]).await.unwrap();
    other
}

#[tokio::test]
async fn a_long_history_is_refused_while_others_have_the_slots() {
    let world = world().await;
    let metrics: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    let other = taken(&world, "pg_advisory_lock(2, 1), pg_advisory_lock(2, 2)").await;
    for (limit, metrics) in [(5001, &metrics[..0]), (1000, &metrics[..1]), (201, &metrics[..])] {
        let request = format!("{limit} rows with {} metrics", metrics.len());
        assert_busy(&history(&world, limit, metrics).await, &request);
    }
    for (limit, metrics) in [(50, &metrics[..]), (201, &metrics[..10]), (650, &metrics[..0])] {
        let reply = history(&world, limit, metrics).await;
        assert_eq!(reply.status, 200, "{}", reply.json());
    }
    let bars = json!({
        "p_symbol": world.symbol, "p_interval": "week", "p_adjusted": true, "p_metrics": [],
        "p_limit": 2, "p_bars": true, "p_descending": true,
    });
    let reply = world.stack.rest("POST", "/rpc/read_history_page", None, &bars).await;
    assert_busy(&reply, "the last two weeks with all bars of the interval");
    other.query("select pg_advisory_unlock(2, 2)", &[]).await.unwrap();
    assert_eq!(
        history(&world, 5001, &metrics).await.json()["rows"].as_array().unwrap().len(),
        1095
    );
}

/// Filters of `stocks` that take the slot.
fn expensive(symbols: &str) -> [String; 10] {
    let conditions: String = (0..30).map(|number| format!("name.eq.{number},")).collect();
    [
        "name=like.*x*".to_owned(),
        "name=ilike.*x*".to_owned(),
        "name=match.x$".to_owned(),
        "symbol=imatch.x$".to_owned(),
        "name=fts.x".to_owned(),
        "exchange=in.(X,Y)".to_owned(),
        "symbol=not.in.(X,Y)".to_owned(),
        "name=gt(all).{A,B}".to_owned(),
        format!("or=(symbol.in.{symbols},name.eq.X)"),
        format!("or=({conditions}name.eq.X)"),
    ]
}

#[tokio::test]
async fn an_expensive_filter_is_refused_while_another_has_the_slot() {
    let world = world().await;
    let symbols = format!("({},OTHER)", world.symbol);
    let expensive = expensive(&symbols);
    let cheap = [
        format!("symbol=eq.{}", world.symbol),
        format!("symbol=in.{symbols}"),
        format!("symbol=eq.{}&name=eq.Test&or=(active.is.true,name.gt.A)", world.symbol),
        "active=is.true&first_day=gt.2000-01-01&order=name.desc,symbol&limit=200".to_owned(),
    ];
    let other = taken(&world, "pg_advisory_lock(1, 1)").await;
    for filter in &expensive {
        for reply in stocks(&world, filter).await {
            assert_busy(&reply, filter);
        }
    }
    for filter in &cheap {
        for reply in stocks(&world, filter).await {
            assert_eq!(reply.status, 200, "{filter}: {}", reply.json());
        }
    }
    let (search, query) = ("/rpc/search_stocks?name=match.x", json!({ "p_query": "x" }));
    assert_busy(&world.stack.rest("POST", search, None, &query).await, search);
    other.query("select pg_advisory_unlock(1, 1)", &[]).await.unwrap();
    for filter in &expensive {
        let [reply, _] = stocks(&world, filter).await;
        assert_eq!(reply.status, 200, "{filter}: {}", reply.json());
    }
}
