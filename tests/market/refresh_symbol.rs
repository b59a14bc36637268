//! The queue worker that refreshes the bars and metrics of a stock.

mod append;
mod fakes;
mod logs;
mod plan;
mod providers;

use std::time::Duration;

use self::fakes::{Applied, Clock, Market, MemoryStock, SetAside};
use jiff::{SignedDuration, Timestamp};
use market::{
    Bars,
    fakes::{day, flat_bar, flat_bars},
};
use refresh_symbol::{
    Deps,
    ended::{Ended, Failure, Written},
    plan::Stored,
    ports::{MarketData, MarketDataError, Retry},
};
use serde_json::{Value, json};
use shared::{
    deadline::Deadline,
    queue::{Delivery, Outcome},
};
use support::event_json;

fn bars(closes: &[u32]) -> Bars {
    let days = closes.iter().enumerate();
    let bars = days.map(|(index, close)| {
        let day = format!("2024-01-{:02}", index + 1);
        flat_bar(&day, &close.to_string())
    });
    bars.collect::<Vec<_>>().try_into().unwrap()
}

/// A stock at version 4 with these bars.
fn stock(closes: &[u32]) -> MemoryStock {
    let bars = bars(closes);
    let stored = Stored {
        version: 4,
        active: true,
        refreshed_at: None,
        reconciled_at: None,
        waits_for_retry: false,
        provider: (!closes.is_empty()).then(|| "first".to_owned()),
        last_day: bars.last_day(),
        recent: bars.clone(),
        state: None,
        is_benchmark: false,
        benchmark_version: None,
        beta_from: None,
    };
    MemoryStock { stored: Some(stored), bars, ..MemoryStock::default() }
}

async fn worked(stock: &MemoryStock, market: Result<Bars, MarketDataError>) -> Outcome {
    worked_with(stock, Market(market, false)).await
}

async fn worked_with(stock: &MemoryStock, market: Market) -> Outcome {
    worked_before(stock, market, Deadline::default()).await
}

async fn worked_before(
    stock: &MemoryStock,
    market: impl MarketData,
    deadline: Deadline,
) -> Outcome {
    worked_on(stock, market, deadline, &json!({})).await
}

/// The outcome of the sample message with these fields.
async fn worked_on(
    stock: &MemoryStock,
    market: impl MarketData,
    deadline: Deadline,
    fields: &Value,
) -> Outcome {
    let sample = event_json("refresh-symbol")["Records"][0]["body"].as_str().unwrap().to_owned();
    let mut message: Value = serde_json::from_str(&sample).unwrap();
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let body = message.to_string();
    let message = serde_json::from_str(&body).unwrap();
    let delivery = Delivery { message, body, received_at: Timestamp::UNIX_EPOCH, deadline };
    refresh_symbol::handle(&Deps { store: stock.clone(), market }, delivery).await.unwrap()
}

#[track_caller]
fn assert_applied(stock: &MemoryStock, replace: bool, bars: usize, history: usize) {
    assert_eq!(*stock.applied.lock().unwrap(), [applied(replace, bars, history)]);
    assert_eq!(*stock.errors.lock().unwrap(), []);
}

fn applied(replace: bool, bars: usize, history: usize) -> Applied {
    Applied { version: 4, provider: "memory", replace, force: false, bars, history }
}

#[track_caller]
fn assert_recorded(stock: &MemoryStock, code: &str, detail: &str) {
    assert_eq!(*stock.applied.lock().unwrap(), []);
    assert_eq!(*stock.errors.lock().unwrap(), [(code.to_owned(), detail.to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn providers_leave_thirty_seconds_to_apply_the_changes() {
    for closes in [&[][..], &[5, 6]] {
        let stock = stock(closes);
        worked_before(&stock, Clock, Deadline::after(Duration::from_secs(119))).await;
        let errors = stock.errors.lock().unwrap().clone();
        assert!(errors[0].1.contains("89s"), "{errors:?}");
    }
}

#[tokio::test]
async fn the_first_refresh_stores_the_whole_history() {
    let stock = stock(&[]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6, 7]))).await, Outcome::Ack);
    assert_applied(&stock, true, 3, 3);
}

#[tokio::test]
async fn a_refresh_without_changes_writes_no_rows() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::Ack);
    assert_applied(&stock, false, 0, 0);
}

#[tokio::test]
async fn a_new_day_is_appended() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6, 7]))).await, Outcome::Ack);
    assert_applied(&stock, false, 1, 1);
}

#[tokio::test]
async fn a_bad_row_of_a_stored_day_leaves_its_bar_as_it_is() {
    let stock = stock(&[5, 6, 7]);
    let others = flat_bars(&[("2024-01-01", "5"), ("2024-01-03", "7"), ("2024-01-04", "8")]);
    let market = SetAside(others, day("2024-01-02"));
    assert_eq!(worked_before(&stock, market, Deadline::default()).await, Outcome::Ack);
    assert_applied(&stock, false, 1, 1);
}

#[tokio::test]
async fn a_split_replaces_the_whole_history() {
    let stock = stock(&[10, 12]);
    assert_eq!(worked(&stock, Ok(bars(&[5, 6, 7]))).await, Outcome::Ack);
    assert_applied(&stock, true, 3, 3);
}

#[tokio::test]
async fn a_provider_error_is_recorded_and_changes_no_data() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked(&stock, Err(MarketDataError::UnknownSymbol)).await, Outcome::Ack);
    assert_recorded(&stock, "provider_unknown_symbol", "the provider has no such symbol");
}

#[tokio::test]
async fn a_fallback_with_other_prices_does_not_replace_the_history() {
    let stock = stock(&[10, 12]);
    assert_eq!(worked_with(&stock, Market(Ok(bars(&[5, 6, 7])), true)).await, Outcome::Ack);
    let detail =
        "the provider's history conflicts with the stored one: memory responded in place of first";
    assert_recorded(&stock, "provider_history_differs", detail);
}

#[tokio::test]
async fn a_fallback_with_the_same_prices_appends_new_days() {
    let stock = stock(&[5, 6]);
    assert_eq!(worked_with(&stock, Market(Ok(bars(&[5, 6, 7])), true)).await, Outcome::Ack);
    assert_applied(&stock, false, 1, 1);
}

#[tokio::test]
async fn a_fallback_stores_a_first_history_and_replaces_its_own() {
    let first = stock(&[]);
    assert_eq!(worked_with(&first, Market(Ok(bars(&[5, 6])), true)).await, Outcome::Ack);
    assert_applied(&first, true, 2, 2);
    let mut own = stock(&[10, 12]);
    own.stored.as_mut().unwrap().provider = Some("memory".to_owned());
    assert_eq!(worked_with(&own, Market(Ok(bars(&[5, 6, 7])), true)).await, Outcome::Ack);
    assert_applied(&own, true, 3, 3);
}

#[tokio::test]
async fn a_requested_replacement_stores_a_shorter_history() {
    let stock = stock(&[10, 12, 14]);
    let market = Market(Ok(bars(&[10, 12])), false);
    let replace = json!({ "full": "replace" });
    assert_eq!(worked_on(&stock, market, Deadline::default(), &replace).await, Outcome::Ack);
    let forced = Applied { force: true, ..applied(true, 2, 2) };
    assert_eq!(*stock.applied.lock().unwrap(), [forced]);
}

#[tokio::test]
async fn a_requested_replacement_is_not_made_from_a_fallback() {
    let stock = stock(&[10, 12]);
    let market = Market(Ok(bars(&[10, 12, 14])), true);
    let replace = json!({ "full": "replace" });
    assert_eq!(worked_on(&stock, market, Deadline::default(), &replace).await, Outcome::Ack);
    assert_eq!(stock.errors.lock().unwrap()[0].0, "provider_history_differs");
}

#[tokio::test]
async fn bars_the_database_rejects_are_recorded_and_acknowledged() {
    let stock = MemoryStock { refused: Some("invalid_rows"), ..stock(&[5]) };
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::Ack);
    assert_recorded(&stock, "invalid_rows", "Not these.");
}

#[tokio::test]
async fn a_rate_limited_refresh_is_postponed_and_is_no_error() {
    for retry in [Retry::Later, Retry::AfterSeconds(7), Retry::At(Timestamp::UNIX_EPOCH)] {
        let stock = stock(&[5]);
        let limited = Err(MarketDataError::RateLimited(retry));
        let ended = item(&stock, limited, false).await;
        assert_eq!(ended, Ended::Skipped("provider_rate_limited"));
        assert_eq!(*stock.postponed.lock().unwrap(), [retry]);
        assert_eq!(*stock.errors.lock().unwrap(), []);
    }
}

#[tokio::test]
async fn a_stale_refresh_is_retried_at_once() {
    let stock = MemoryStock { stale: true, ..stock(&[5]) };
    assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::RetryAfter(SignedDuration::ZERO));
}

#[tokio::test]
async fn a_failure_is_not_recorded_on_a_stock_that_was_refreshed_meanwhile() {
    let stock = MemoryStock { stale: true, ..stock(&[5]) };
    let failed = Err(MarketDataError::UnknownSymbol);
    assert_eq!(worked(&stock, failed).await, Outcome::RetryAfter(SignedDuration::ZERO));
    assert_eq!(*stock.errors.lock().unwrap(), []);
}

#[tokio::test]
async fn a_refresh_of_an_unknown_stock_is_acknowledged() {
    let stock = MemoryStock::default();
    assert_eq!(worked(&stock, Ok(bars(&[5]))).await, Outcome::Ack);
    assert_eq!(*stock.applied.lock().unwrap(), []);
}

/// A stock whose stored state is changed.
fn changed(mut stock: MemoryStock, change: impl FnOnce(&mut Stored)) -> MemoryStock {
    change(stock.stored.as_mut().unwrap());
    stock
}

#[tokio::test]
async fn a_message_older_than_the_last_refresh_does_nothing() {
    for (refreshed_at, is_done) in [
        ("2026-03-02T09:29:59.999999Z", false),
        ("2026-03-02T09:30:00Z", true),
        ("2026-03-02T09:30:00.000001Z", true),
    ] {
        let at = Some(refreshed_at.parse().unwrap());
        let stock = changed(stock(&[5]), |stored| stored.refreshed_at = at);
        assert_eq!(worked(&stock, Ok(bars(&[5, 6]))).await, Outcome::Ack);
        assert_eq!(stock.applied.lock().unwrap().is_empty(), is_done, "{refreshed_at}");
    }
}

#[tokio::test]
async fn a_reconciliation_replaces_the_history() {
    let reconcile = json!({ "full": "reconcile" });
    let same = stock(&[10, 12, 14]);
    let market = Market(Ok(bars(&[10, 12, 14])), false);
    worked_on(&same, market, Deadline::default(), &reconcile).await;
    assert_applied(&same, true, 3, 3);
}

#[tokio::test]
async fn a_full_refresh_is_made_unless_a_later_one_was_full() {
    let late = Some(Timestamp::MAX);
    for (refreshed_at, reconciled_at, applied) in [(late, None, 1), (late, late, 0)] {
        let stock = changed(stock(&[5]), |stored| {
            (stored.refreshed_at, stored.reconciled_at) = (refreshed_at, reconciled_at);
        });
        let market = Market(Ok(bars(&[5, 6])), false);
        let reconcile = json!({ "full": "reconcile" });
        worked_on(&stock, market, Deadline::default(), &reconcile).await;
        assert_eq!(stock.applied.lock().unwrap().len(), applied);
    }
}

/// The end of a refresh with one new bar.
const UPDATED: Ended = Ended::Refreshed(Written { outcome: "updated", bars: 1, rejected_rows: 0 });

/// The end of the item of a requested refresh.
async fn item(stock: &MemoryStock, market: Result<Bars, MarketDataError>, force: bool) -> Ended {
    let id = uuid::Uuid::from_u128(7);
    let fields = json!({ "refresh_id": id, "force": force });
    let outcome = worked_on(stock, Market(market, false), Deadline::default(), &fields).await;
    assert_eq!(outcome, Outcome::Ack);
    let ended = stock.ended.lock().unwrap().clone();
    let [(of, ended)] = ended.try_into().unwrap();
    assert_eq!(of, id);
    ended
}

#[tokio::test]
async fn a_requested_item_ends_with_its_status_and_an_error() {
    let new = || Ok(bars(&[5, 6]));
    assert_eq!(item(&stock(&[5]), new(), false).await, UPDATED);
    let failed = Err(MarketDataError::UnknownSymbol);
    let detail = "the provider has no such symbol".to_owned();
    let expected = Ended::Failed(Failure { code: "provider_unknown_symbol".to_owned(), detail });
    assert_eq!(item(&stock(&[5]), failed, false).await, expected);
    let unknown = MemoryStock::default();
    assert_eq!(item(&unknown, new(), false).await, Ended::Skipped("stock_not_found"));
    let inactive = changed(stock(&[5]), |stored| stored.active = false);
    assert_eq!(item(&inactive, new(), true).await, Ended::Skipped("stock_inactive"));
    let at = Some(Timestamp::MAX);
    let newer = changed(stock(&[5]), |stored| stored.refreshed_at = at);
    assert_eq!(item(&newer, new(), true).await, Ended::Superseded);
    assert_eq!(*newer.applied.lock().unwrap(), []);
}

#[tokio::test]
async fn a_stock_that_waits_for_its_retry_is_refreshed_only_by_force() {
    for (force, ended, applied) in [(false, Ended::Skipped("retry_later"), 0), (true, UPDATED, 1)] {
        let stock = changed(stock(&[5]), |stored| stored.waits_for_retry = true);
        assert_eq!(item(&stock, Ok(bars(&[5, 6])), force).await, ended);
        assert_eq!(stock.applied.lock().unwrap().len(), applied);
    }
}

mod on_the_stack {
    use serde_json::{Value, json};
    use support::stack::Stack;
    use uuid::Uuid;

    use crate::market::receive_refresh_request::on_the_stack::deliver;

    const HEADER: &str = "Date,Open,High,Low,Close,Volume\n";

    /// Serves these bars and asks for a refresh as n8n does.
    async fn refresh(stack: &Stack, symbol: &str, csv: &str) {
        refresh_with(stack, symbol, csv, &json!({})).await;
    }

    /// Asks for a refresh with more fields of the body.
    async fn refresh_with(stack: &Stack, symbol: &str, csv: &str, fields: &Value) {
        let file = format!("{}/bars/{symbol}.csv", stack.get("standin_url"));
        assert_eq!(stack.send("PUT", &file, &[], csv.to_owned()).await.status, 204);
        let mut body = json!({ "type": "refresh.requested", "symbols": [symbol] });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let reply = deliver(stack, &format!("msg_{}", Uuid::now_v7()), &body).await;
        let item = json!({ "symbol": symbol, "status": "queued", "error": null });
        assert_eq!((reply.status, &reply.json()["items"]), (202, &json!([item])));
    }

    /// The error of the stock, once it has one.
    async fn refused(stack: &Stack, symbol: &str) -> Value {
        let path = format!("/v1/stocks/{symbol}");
        stack.until(&path, None, |reply| !reply["refresh_error"].is_null()).await
    }

    /// Bars of these days of January 2024, all with this close.
    fn csv(days: impl IntoIterator<Item = u32>, close: u32) -> String {
        days.into_iter().fold(HEADER.to_owned(), |csv, day| {
            csv + &format!("2024-01-{day:02},{close},{close},{close},{close},5\n")
        })
    }

    #[tokio::test]
    async fn rows_that_were_set_aside_are_shown_on_the_stock() {
        let stack = Stack::running();
        let symbol = stack.add_stock("RS").await;
        let path = format!("/v1/stocks/{symbol}");
        let days = "2024-01-03,2,2,2,2\n2024-01-02,1,1,1,1\n";
        let csv = format!("Date,Open,High,Low,Close\n2024-01-04,,,,\n{days}");
        refresh(&stack, &symbol, &csv).await;
        let stock = stack.until(&path, None, |reply| !reply["as_of"].is_null()).await;
        assert_eq!(
            (&stock["as_of"], &stock["refresh_error"]),
            (&json!("2024-01-03"), &json!(null))
        );
        let expected = json!({
            "count": 1, "clipped": 0, "days": ["2024-01-04"],
            "reasons": ["line 2, open: there is no value"],
        });
        assert_eq!(stock["rejected_rows"], expected);
        let metrics = &stock["metrics"];
        assert_eq!((&metrics["return_1d"], &metrics["volume"]), (&json!(1.0), &json!(null)));

        refresh(&stack, &symbol, &format!("Date,Open,High,Low,Close\n{days}")).await;
        let stock = stack.until(&path, None, |reply| reply["rejected_rows"].is_null()).await;
        assert_eq!(
            (&stock["as_of"], &stock["refresh_error"]),
            (&json!("2024-01-03"), &json!(null))
        );
    }

    #[tokio::test]
    async fn a_split_and_a_dividend_are_in_the_history() {
        let stack = Stack::running();
        let symbol = stack.add_stock("SP").await;
        let header = "Date,Open,High,Low,Close,Volume,Split Factor,Dividend\n";
        let days = "2024-01-02,8,8,8,8,5,1,0\n2024-01-03,8,8,8,8,5,1,0.5\n";
        refresh(&stack, &symbol, &format!("{header}{days}")).await;
        let path = format!("/v1/stocks/{symbol}/history?metrics=none&to=2024-01-03");
        let actions = |items: &Value| {
            let rows = items.as_array().unwrap().iter();
            let names = ["split_factor", "dividend", "volume", "adj_volume"];
            rows.map(|row| names.map(|name| row[name].as_f64().unwrap())).collect::<Vec<_>>()
        };
        let page = stack.until(&path, None, |page| page["items"][1].is_object()).await;
        assert_eq!(actions(&page["items"]), [[1.0, 0.0, 5.0, 5.0], [1.0, 0.5, 5.0, 5.0]]);

        // The closes are not adjusted: the split alone changes the volumes of earlier days.
        refresh(&stack, &symbol, &format!("{header}{days}2024-01-04,4,4,4,4,9,2,0\n")).await;
        let page = stack.until(&path, None, |page| page["items"][0]["adj_volume"] == 10).await;
        assert_eq!(page["items"][1]["adj_volume"], 10);
    }

    #[tokio::test]
    async fn a_malformed_response_is_reported_and_changes_no_metrics() {
        let stack = Stack::running();
        let symbol = stack.add_stock("RF").await;
        refresh(&stack, &symbol, &format!("{HEADER}2024-01-02,1,1,1,1,5\n2024-01-03,2,2,2,2,5\n"))
            .await;
        let metrics = format!("/v1/stocks/{symbol}/metrics");
        let mut before = stack.until(&metrics, None, |reply| reply["as_of"] == "2024-01-03").await;
        // The stock has the flag for the response as a whole.
        before.as_object_mut().unwrap().remove("stale");
        assert_eq!(before["return_1d"], 1.0);

        refresh(&stack, &symbol, "<html>Too many visitors</html>").await;
        let failed = refused(&stack, &symbol).await;
        assert_eq!(failed["refresh_error"]["code"], "provider_answer_malformed", "{failed}");
        assert_eq!(failed["metrics"], before);
    }

    #[tokio::test]
    async fn only_a_requested_replacement_makes_a_history_shorter() {
        let stack = Stack::running();
        let symbol = stack.add_stock("RF").await;
        refresh(&stack, &symbol, &csv(1..=30, 10)).await;
        let metrics = format!("/v1/stocks/{symbol}/metrics");
        stack.until(&metrics, None, |reply| reply["as_of"] == "2024-01-30").await;

        // After a dividend, the last rows only.
        let truncated = csv(21..=31, 9);
        refresh(&stack, &symbol, &truncated).await;
        let failed = refused(&stack, &symbol).await;
        assert_eq!(failed["refresh_error"]["code"], "history_shorter", "{failed}");
        assert_eq!(
            (&failed["first_day"], &failed["as_of"]),
            (&json!("2024-01-01"), &json!("2024-01-30"))
        );

        refresh_with(&stack, &symbol, &truncated, &json!({ "full": "replace" })).await;
        let path = format!("/v1/stocks/{symbol}");
        let replaced = stack.until(&path, None, |reply| reply["as_of"] == "2024-01-31").await;
        assert_eq!(
            (&replaced["first_day"], &replaced["refresh_error"]),
            (&json!("2024-01-21"), &Value::Null)
        );
    }

    #[tokio::test]
    async fn a_correction_older_than_a_week_is_found_by_a_reconciliation() {
        let stack = Stack::running();
        let symbol = stack.add_stock("RF").await;
        let bars = csv(1..=30, 10);
        refresh(&stack, &symbol, &bars).await;
        let metrics = format!("/v1/stocks/{symbol}/metrics");
        stack.until(&metrics, None, |reply| reply["as_of"] == "2024-01-30").await;

        let corrected = bars.replace("2024-01-05,10,10,10,10,5", "2024-01-05,10,11,10,10,7");
        refresh_with(&stack, &symbol, &corrected, &json!({ "full": "reconcile" })).await;
        let history = format!("/v1/stocks/{symbol}/history?from=2024-01-05&to=2024-01-05");
        let reply = stack.until(&history, None, |reply| reply["items"][0]["volume"] == 7).await;
        assert_eq!(reply["items"][0]["high"], 11, "{reply}");
    }
}
