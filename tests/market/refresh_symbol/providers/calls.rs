//! The budgets of providers.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822, tz::TimeZone};
use refresh_symbol::{
    Budget, Rate,
    ports::{MarketDataError, ProviderCalls, Retry},
};
use shared::{deadline::Deadline, store::StoreError};

use super::{
    fetch_with,
    order::csv,
    server::{Server, ok, status},
    tiingo::tiingo,
};

const CSV: &str = "Date,Open,High,Low,Close,Volume\n2019-01-02,1,1,1,1,1\n";

/// Calls in memory. One provider may have used up its budget.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    used_up: Option<(&'static str, Timestamp)>,
    is_down: bool,
    taken: Arc<Mutex<Vec<&'static str>>>,
    paused: Arc<Mutex<Vec<(&'static str, Retry)>>>,
}

impl ProviderCalls for Calls {
    async fn take(
        &self,
        provider: &'static str,
        _: Budget,
        _: Deadline,
    ) -> Result<Option<Timestamp>, StoreError> {
        if self.is_down {
            return Err(StoreError::Unavailable("connection refused".into()));
        }
        let until = self.used_up.filter(|(name, _)| *name == provider).map(|(_, until)| until);
        if until.is_none() {
            self.taken.lock().unwrap().push(provider);
        }
        Ok(until)
    }

    async fn pause(
        &self,
        provider: &'static str,
        retry: Retry,
        _: Deadline,
    ) -> Result<(), StoreError> {
        self.paused.lock().unwrap().push((provider, retry));
        Ok(())
    }
}

#[tokio::test]
async fn every_attempt_takes_a_call() {
    let server = Server::responding(vec![status(500, "", ""), ok(CSV)]).await;
    let calls = Calls::default();
    fetch_with(&calls, vec![csv(&server)]).await.unwrap();
    assert_eq!(*calls.taken.lock().unwrap(), ["csv", "csv"]);
}

#[tokio::test]
async fn a_provider_whose_budget_is_used_up_is_not_called() {
    let server = Server::responding(vec![ok(CSV)]).await;
    let until = Timestamp::from_second(1_772_443_800).unwrap();
    let calls = Calls { used_up: Some(("csv", until)), ..Calls::default() };
    let error = fetch_with(&calls, vec![csv(&server)]).await.unwrap_err();
    assert_eq!(error, MarketDataError::RateLimited(Retry::At(until)));
    assert_eq!(server.heads().len(), 0);
}

#[tokio::test]
async fn the_next_provider_is_used_when_a_budget_is_used_up() {
    let (first, second) =
        (Server::responding(vec![ok("[]")]).await, Server::responding(vec![ok(CSV)]).await);
    let calls = Calls { used_up: Some(("tiingo", Timestamp::MAX)), ..Calls::default() };
    let fetched = fetch_with(&calls, vec![tiingo(&first), csv(&second)]).await.unwrap();
    assert_eq!((fetched.provider, first.heads().len()), ("csv", 0));
    assert_eq!(*calls.taken.lock().unwrap(), ["csv"]);
}

#[tokio::test]
async fn a_429_pauses_the_provider_for_as_long_as_it_asks() {
    for (header, retry) in [
        ("", Retry::Later),
        ("retry-after: 7\r\n", Retry::AfterSeconds(7)),
        ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", Retry::Later),
        ("retry-after: soon\r\n", Retry::Later),
        ("retry-after: -1\r\n", Retry::Later),
    ] {
        let server = Server::responding(vec![status(429, header, "")]).await;
        let calls = Calls::default();
        let error = fetch_with(&calls, vec![csv(&server)]).await.unwrap_err();
        assert_eq!(error, MarketDataError::RateLimited(retry), "{header}");
        assert_eq!(*calls.paused.lock().unwrap(), [("csv", retry)], "{header}");
        assert_eq!(server.heads().len(), 1, "{header}");
    }
}

#[tokio::test]
async fn a_429_may_name_the_instant_of_the_retry() {
    let at = Timestamp::now() + SignedDuration::from_hours(1);
    let header =
        format!("retry-after: {}\r\n", rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).unwrap());
    let server = Server::responding(vec![status(429, &header, "")]).await;
    let error = fetch_with(&Calls::default(), vec![csv(&server)]).await.unwrap_err();
    let MarketDataError::RateLimited(Retry::AfterSeconds(seconds)) = error else {
        panic!("{error:?}")
    };
    assert!((3500..=3600).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_call_that_cannot_be_counted_is_not_made() {
    let server = Server::responding(vec![ok(CSV)]).await;
    let calls = Calls { is_down: true, ..Calls::default() };
    let error = fetch_with(&calls, vec![csv(&server)]).await.unwrap_err();
    let expected = "the provider is unavailable: its calls cannot be counted";
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.heads().len(), 0);
}

#[test]
fn a_rate_is_a_number_of_calls_in_a_unit_of_time() {
    for (text, calls, window) in [
        ("5/s", 5, SignedDuration::from_secs(1)),
        ("5/min", 5, SignedDuration::from_mins(1)),
        ("50/h", 50, SignedDuration::from_hours(1)),
    ] {
        let rate: Rate = text.parse().unwrap();
        assert_eq!((rate.calls.get(), rate.window), (calls, window));
    }
    for text in ["", "5", "0/s", "-1/s", "5/d", "5 / s", "1.5/s", "4294967296/s"] {
        let error = text.parse::<Rate>().unwrap_err();
        assert_eq!(error, "it is not a rate such as 5/s, 5/min or 50/h", "{text}");
    }
}

mod on_the_stack {
    use jiff::Timestamp;
    use refresh_symbol::{
        Budget,
        ports::{ProviderCalls, Retry},
        providers::StoredCalls,
    };
    use shared::{
        config::{DatabaseRole, SupabaseConfig},
        deadline::Deadline,
        http_client::HttpClient,
    };
    use support::stack::Stack;

    #[tokio::test]
    async fn sandboxes_share_a_budget_and_a_pause() {
        let stack = Stack::running();
        let config = SupabaseConfig {
            url: stack.get("base_url").to_owned(),
            key: stack.get("secret_key").parse().unwrap(),
            role: DatabaseRole::Service,
        };
        let sandbox = || StoredCalls::new(&config, &HttpClient::new().unwrap());
        let deadline = Deadline::default();
        let provider: &'static str = Box::leak(uuid::Uuid::new_v4().to_string().into());
        let budget = Budget { rate: None, daily_calls: Some(1.try_into().unwrap()) };
        let mut refusals = Vec::new();
        // Each sandbox takes one call. The day may end between two of them, but not twice.
        for _ in 0..3 {
            refusals.extend(sandbox().take(provider, budget, deadline).await.unwrap());
        }
        assert_eq!(refusals.first().unwrap().as_second() % 86_400, 0, "{refusals:?}");
        let (one, other) = (sandbox(), sandbox());
        assert_eq!(other.take(provider, Budget::default(), deadline).await.unwrap(), None);
        let until = Timestamp::from_second(Timestamp::now().as_second() + 60).unwrap();
        one.pause(provider, Retry::At(until), deadline).await.unwrap();
        let paused = other.take(provider, Budget::default(), deadline).await.unwrap();
        assert_eq!(paused, Some(until));
    }
}
