//! Betas whose benchmark has changed, or its closes. The benchmark changes in transactions that are
//! never committed.

use serde_json::{Value, json};
use tokio_postgres::Transaction;

use super::world::{World, bar};

const SPX: &str = "SPX";
/// How a history is stored: the arguments `p_replace` and `p_force`.
const APPENDED: [bool; 2] = [false, false];
const REPLACED: [bool; 2] = [true, true];

fn bars(days: &[&str]) -> Value {
    days.iter().map(|day| bar(day)).collect()
}

/// Stores these bars with betas of this version of the benchmark.
async fn store(
    change: &Transaction<'_>,
    symbol: &str,
    how: [bool; 2],
    bars: &Value,
    version: Option<i64>,
) {
    store_against(change, SPX, symbol, how, bars, version).await;
}

async fn store_against(
    change: &Transaction<'_>,
    benchmark: &str,
    symbol: &str,
    [replace, force]: [bool; 2],
    bars: &Value,
    version: Option<i64>,
) {
    let sql = "select public.apply_refresh($1, refresh_version, 'csv', $2, $3, $4::text::json,
          $4::text::json, p_benchmark => $5, p_benchmark_version => $6)
        from public.stocks where symbol = $1";
    let bars = bars.to_string();
    change.execute(sql, &[&symbol, &replace, &force, &bars, &benchmark, &version]).await.unwrap();
}

async fn benchmark_stores(change: &Transaction<'_>, how: [bool; 2], bars: &Value) {
    store(change, SPX, how, bars, None).await;
}

async fn state(change: &Transaction<'_>, symbol: &str) -> Value {
    state_against(change, SPX, symbol).await
}

async fn state_against(change: &Transaction<'_>, benchmark: &str, symbol: &str) -> Value {
    let sql = "select public.refresh_state($1, $2)::text";
    let text: String = change.query_one(sql, &[&symbol, &benchmark]).await.unwrap().get(0);
    serde_json::from_str(&text).unwrap()
}

/// Stores these bars of the stock with betas of the benchmark as it is.
async fn refresh(change: &Transaction<'_>, symbol: &str, bars: &Value) {
    refresh_against(change, SPX, symbol, bars).await;
}

async fn refresh_against(change: &Transaction<'_>, benchmark: &str, symbol: &str, bars: &Value) {
    let state = state_against(change, benchmark, symbol).await;
    let version = state["benchmark_version"].as_i64();
    store_against(change, benchmark, symbol, APPENDED, bars, version).await;
}

/// The first outdated beta of the stock, for which a plan makes it due.
async fn outdated(change: &Transaction<'_>, symbol: &str) -> Value {
    outdated_against(change, SPX, symbol).await
}

async fn outdated_against(change: &Transaction<'_>, benchmark: &str, symbol: &str) -> Value {
    let from = state_against(change, benchmark, symbol).await["beta_from"].clone();
    let unclaim = "update private.stocks set claimed_until = null where symbol = $1";
    change.execute(unclaim, &[&symbol]).await.unwrap();
    let claim = "select public.claim_due_stocks('20 hours', '14 days', 100000, $1)::text";
    let plan: String = change.query_one(claim, &[&benchmark]).await.unwrap().get(0);
    assert_eq!(plan.contains(&format!("\"{symbol}\"")), !from.is_null(), "{from}");
    from
}

#[tokio::test]
async fn a_stock_refreshed_before_the_benchmark_is_due_when_that_has_its_bar() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    benchmark_stores(&change, APPENDED, &bars(&["2024-01-02"])).await;
    refresh(&change, &symbol, &bars(&["2024-01-02", "2024-01-03"])).await;
    assert_eq!(outdated(&change, &symbol).await, Value::Null);
    benchmark_stores(&change, APPENDED, &bars(&["2024-01-03"])).await;
    assert_eq!(outdated(&change, &symbol).await, "2024-01-03");
    refresh(&change, &symbol, &json!([])).await;
    assert_eq!(outdated(&change, &symbol).await, Value::Null);
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_day_without_a_close_of_the_benchmark_repeats_no_refresh() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    refresh(&change, &symbol, &bars(&["2024-01-02", "2024-01-03"])).await;
    benchmark_stores(&change, APPENDED, &bars(&["2024-01-02", "2024-01-04"])).await;
    assert_eq!(outdated(&change, &symbol).await, "2024-01-02");
    refresh(&change, &symbol, &json!([])).await;
    for later in [&[][..], &["2024-01-05"]] {
        benchmark_stores(&change, APPENDED, &bars(later)).await;
        assert_eq!(outdated(&change, &symbol).await, Value::Null, "{later:?}");
    }
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_correction_of_the_benchmark_outdates_betas_from_its_day_on() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"];
    benchmark_stores(&change, REPLACED, &bars(&days)).await;
    refresh(&change, &symbol, &bars(&days)).await;

    let mut corrected = bars(&days[2..3]);
    corrected[0]["volume"] = json!(7);
    benchmark_stores(&change, APPENDED, &corrected).await;
    assert_eq!(outdated(&change, &symbol).await, Value::Null, "no close has changed");
    corrected[0]["adj_close"] = json!(10.6);
    benchmark_stores(&change, APPENDED, &corrected).await;
    benchmark_stores(&change, APPENDED, &bars(&["2024-01-08"])).await;
    assert_eq!(outdated(&change, &symbol).await, "2024-01-04");
    // Of two corrections, the earlier day counts.
    benchmark_stores(&change, REPLACED, &bars(&[days[0], days[2], days[3]])).await;
    assert_eq!(state(&change, &symbol).await["beta_from"], "2024-01-03");
    let sql = "select count(*) from private.benchmark_changes where first_day >= '2024-01-03'";
    let kept: i64 = change.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(kept, 1, "a later change includes the earlier ones");
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn betas_of_an_older_version_of_the_benchmark_are_outdated() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    let days = bars(&["2024-01-02", "2024-01-03"]);
    let version = state(&change, &symbol).await["benchmark_version"].as_i64();
    benchmark_stores(&change, APPENDED, &days).await;
    store(&change, &symbol, APPENDED, &days, version).await;
    assert_eq!(outdated(&change, &symbol).await, "2024-01-02");
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn the_benchmark_has_no_outdated_beta() {
    let World { mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    benchmark_stores(&change, APPENDED, &bars(&["2024-01-02"])).await;
    let state = state(&change, SPX).await;
    assert_eq!(state["is_benchmark"], true);
    assert_eq!([&state["benchmark_version"], &state["beta_from"]], [&Value::Null, &Value::Null]);
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn another_benchmark_outdates_every_beta() {
    let World { symbol, stack, mut admin, .. } = World::new().await;
    let other = stack.add_stock("DB").await;
    let change = admin.transaction().await.unwrap();
    let days = bars(&["2024-01-02", "2024-01-03"]);
    benchmark_stores(&change, APPENDED, &days).await;
    for stock in [&symbol, &other] {
        refresh(&change, stock, &days).await;
        assert_eq!(outdated(&change, stock).await, Value::Null);
    }
    // The benchmark's own beta, too.
    for stock in [&other, &symbol] {
        assert_eq!(outdated_against(&change, &other, stock).await, "2024-01-02");
        refresh_against(&change, &other, stock, &json!([])).await;
        assert_eq!(outdated_against(&change, &other, stock).await, Value::Null);
    }
    assert_eq!(outdated(&change, &symbol).await, "2024-01-02", "changed back");
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn without_the_benchmark_betas_are_outdated_once() {
    let World { symbol, mut admin, .. } = World::new().await;
    let change = admin.transaction().await.unwrap();
    refresh(&change, &symbol, &bars(&["2024-01-02", "2024-01-03"])).await;
    let unknown = "UNKNOWN";
    assert_eq!(outdated_against(&change, unknown, &symbol).await, "2024-01-02");
    refresh_against(&change, unknown, &symbol, &json!([])).await;
    assert_eq!(outdated_against(&change, unknown, &symbol).await, Value::Null);
    // It is added later.
    let insert = "insert into public.stocks (symbol, name, exchange) values ($1, 'Test', 'TEST')";
    change.execute(insert, &[&unknown]).await.unwrap();
    assert_eq!(outdated_against(&change, unknown, &symbol).await, Value::Null, "without bars");
    refresh_against(&change, unknown, unknown, &bars(&["2024-01-03"])).await;
    assert_eq!(outdated_against(&change, unknown, &symbol).await, "2024-01-03");
    change.rollback().await.unwrap();
}

#[tokio::test]
async fn a_stock_that_becomes_the_benchmark_again_outdates_betas_of_its_earlier_closes() {
    let World { symbol, stack, mut admin, .. } = World::new().await;
    let other = stack.add_stock("DB").await;
    let change = admin.transaction().await.unwrap();
    let days = bars(&["2024-01-02", "2024-01-03"]);
    benchmark_stores(&change, REPLACED, &days).await;
    refresh(&change, &symbol, &days).await;
    // While another stock is the benchmark, no change is recorded.
    let mut corrected = bars(&["2024-01-03"]);
    corrected[0]["adj_close"] = json!(10.6);
    refresh_against(&change, &other, SPX, &corrected).await;
    benchmark_stores(&change, APPENDED, &json!([])).await;
    assert_eq!(outdated(&change, &symbol).await, "2024-01-02");
    change.rollback().await.unwrap();
}
