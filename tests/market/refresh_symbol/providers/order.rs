use refresh_symbol::{CsvConfig, ProviderConfig, TiingoConfig, ports::MarketDataError};
use secrecy::SecretString;

use super::{
    fetch, fetch_symbol,
    server::{Server, ok, status},
    tiingo::tiingo,
};

const CSV: &str = "Date,Open,High,Low,Close,Volume\n2019-01-02,1,1,1,1,1\n";

pub fn csv(server: &Server) -> ProviderConfig {
    ProviderConfig::Csv(CsvConfig::new(format!("{}/{{symbol}}.csv", server.url)).unwrap())
}

#[tokio::test]
async fn the_next_provider_is_used_when_one_fails() {
    for reply in [status(401, "", ""), status(404, "", ""), status(429, "", ""), ok("{}"), ok("[]")]
    {
        let (first, second) =
            (Server::responding(vec![reply]).await, Server::responding(vec![ok(CSV)]).await);
        let fetched = fetch(vec![tiingo(&first), csv(&second)], None).await.unwrap();
        assert_eq!((fetched.provider, fetched.bars.len()), ("csv", 1));
    }
}

#[tokio::test]
async fn the_next_provider_is_not_used_when_one_responds() {
    let (first, second) =
        (Server::responding(vec![ok(CSV)]).await, Server::responding(vec![ok("[]")]).await);
    let fetched = fetch(vec![csv(&first), tiingo(&second)], None).await.unwrap();
    assert_eq!((fetched.provider, second.heads().len()), ("csv", 0));
}

#[tokio::test]
async fn the_benchmark_is_fetched_from_its_provider_only() {
    for (reply, outcome) in
        [(ok(CSV), Ok(("csv", false))), (status(404, "", ""), Err(MarketDataError::UnknownSymbol))]
    {
        let (first, second) =
            (Server::responding(vec![ok("[]")]).await, Server::responding(vec![reply]).await);
        let providers = vec![tiingo(&first), csv(&second)];
        let fetched = fetch_symbol("SPX", providers, None).await;
        assert_eq!(fetched.map(|it| (it.provider, it.is_fallback)), outcome);
        assert_eq!((first.heads().len(), second.heads().len()), (0, 1));
    }
}

#[tokio::test]
async fn the_first_error_is_reported_when_all_fail() {
    let (first, second) = (
        Server::responding(vec![status(404, "", "")]).await,
        Server::responding(vec![ok("<html>")]).await,
    );
    let error = fetch(vec![csv(&first), tiingo(&second)], None).await.unwrap_err();
    assert_eq!(error, MarketDataError::UnknownSymbol);
    assert_eq!(second.heads().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_unencrypted_to_another_machine() {
    let refused = CsvConfig::new("http://192.0.2.1/{symbol}.csv".to_owned()).unwrap_err();
    assert!(refused.to_string().contains("MARKET_DATA_CSV_URL is invalid"), "{refused}");
    let token = SecretString::from("token");
    let provider = TiingoConfig::new("http://192.0.2.1".to_owned(), &token).unwrap();
    let error = fetch(vec![ProviderConfig::Tiingo(provider)], None).await.unwrap_err();
    assert_eq!(error.code(), "provider_unavailable");
    assert!(
        error.to_string().ends_with("the target is neither https nor a loopback host"),
        "{error}"
    );
}
