use market::{Amount, Bars};
use refresh_symbol::{
    CsvConfig, ProviderConfig,
    ports::{MarketDataError, Retry},
};

use super::{
    fetch, fetch_symbol,
    server::{Server, ok, status},
};

const HEADER: &str = "Date,Open,High,Low,Close,Adj Close,Volume\n";

pub fn csv(server: &Server) -> ProviderConfig {
    let url = format!("{}/secret/{{symbol}}.csv", server.url);
    ProviderConfig::Csv(CsvConfig::new(url).unwrap())
}

async fn read(server: &Server, since: Option<&str>) -> Result<Bars, MarketDataError> {
    let since = since.map(|day| day.parse().unwrap());
    fetch(vec![csv(server)], since).await.map(|fetched| fetched.bars)
}

async fn read_body(reply: Vec<u8>) -> Result<Bars, MarketDataError> {
    read(&Server::responding(vec![reply]).await, None).await
}

/// Asserts the reason why a body is malformed.
async fn assert_malformed(body: &str, reason: &str) {
    let error = read_body(ok(body)).await.unwrap_err();
    assert_eq!(error, MarketDataError::Malformed(reason.to_owned()), "{body}");
    assert_eq!(error.code(), "provider_answer_malformed");
}

#[tokio::test]
async fn the_bars_are_those_of_the_file() {
    let server = Server::responding(vec![ok(format!(
        "{HEADER}2019-01-02,1,3,0.5,2,1.75,100\n2019-01-03,2,2,2,2,2,0\n"
    ))]);
    let server = server.await;
    let bars = read(&server, None).await.unwrap();
    assert_eq!(
        serde_json::to_string(&bars[0]).unwrap(),
        concat!(
            r#"{"day":"2019-01-02","open":1,"high":3,"low":0.5,"close":2,"#,
            r#""adj_close":1.75,"volume":100}"#
        )
    );
    assert_eq!(bars.len(), 2);
    assert!(server.heads()[0].starts_with("get /secret/ibm.csv http/1.1"));
}

/// The split factor, dividend and adjusted volume of each bar.
async fn actions(body: &str) -> Vec<String> {
    let bars = read_body(ok(body)).await.unwrap();
    let text = |amount: Option<Amount>| amount.map_or("null".to_owned(), |it| it.to_string());
    let actions = bars.iter().map(|bar| {
        let volume = bar.adj_volume().map_or("null".to_owned(), |volume| volume.to_string());
        format!("{} {} {volume}", text(bar.split_factor()), text(bar.dividend()))
    });
    actions.collect()
}

#[tokio::test]
async fn splits_and_dividends_are_read_under_the_names_of_most_sources() {
    for (split, dividend) in [
        ("Split Factor", "Dividend"),
        ("split_coefficient", "dividend_amount"),
        ("splitFactor", "divCash"),
        ("Split Ratio", "Ex-Dividend"),
    ] {
        let body = format!(
            "Date,Open,High,Low,Close,Volume,{split},{dividend}\n\
             2014-06-06,7,7,7,7,100,1.0,0.0\n2014-06-09,1,1,1,1,700,7.0,0.47\n"
        );
        assert_eq!(actions(&body).await, ["1 0 700", "7 0.47 700"], "{split}");
    }
}

#[tokio::test]
async fn an_adjusted_volume_is_read_where_there_is_a_split_factor() {
    let header = "Date,Open,High,Low,Close,Volume,Adj. Volume,Split Factor\n";
    let rows = "2014-06-06,7,7,7,7,100,701,1\n2014-06-09,1,1,1,1,700,700,\n";
    assert_eq!(actions(&format!("{header}{rows}")).await, ["1 null 701", "null null null"]);
}

#[tokio::test]
async fn a_symbol_is_put_into_the_url_as_it_is() {
    for (symbol, path) in [("IBM", "ibm"), ("BRK.B", "brk.b"), ("BF-B", "bf-b")] {
        let server =
            Server::responding(vec![ok(format!("{HEADER}2019-01-02,1,1,1,1,1,1\n"))]).await;
        fetch_symbol(symbol, vec![csv(&server)], None).await.unwrap();
        let head = &server.heads()[0];
        assert!(head.starts_with(&format!("get /secret/{path}.csv http/1.1")), "{head}");
    }
}

#[tokio::test]
async fn days_before_the_requested_one_are_left_out() {
    let server = Server::responding(vec![ok(format!(
        "{HEADER}2019-01-02,1,1,1,1,1,1\n2019-01-03,1,1,1,1,1,1\n"
    ))])
    .await;
    let bars = read(&server, Some("2019-01-03")).await.unwrap();
    assert_eq!(bars.iter().map(|bar| bar.day().to_string()).collect::<Vec<_>>(), ["2019-01-03"]);
}

#[tokio::test]
async fn a_file_without_the_requested_days_is_malformed() {
    let body = format!("{HEADER}1990-01-02,1,1,1,1,1,1\n");
    let server = Server::responding(vec![ok(body)]).await;
    let error = read(&server, Some("1990-01-03")).await.unwrap_err();
    assert_eq!(error, MarketDataError::Malformed("it has no rows since 1990-01-03".to_owned()));
}

#[tokio::test]
async fn days_before_1990_are_left_out() {
    let body = format!("{HEADER}1989-12-29,1,1,1,1,1,1\n1990-01-02,1,1,1,1,1,1\n");
    let bars = read_body(ok(body)).await.unwrap();
    assert_eq!(bars.iter().map(|bar| bar.day().to_string()).collect::<Vec<_>>(), ["1990-01-02"]);
}

#[tokio::test]
async fn columns_may_have_any_order_and_case() {
    let bars = read_body(ok(SHUFFLED)).await.unwrap();
    let bar = &bars[0];
    assert_eq!((bar.close().to_f64(), bar.volume()), (2.0, Some(100)));
    assert_eq!((bar.open().to_f64(), bar.high().to_f64(), bar.low().to_f64()), (1.0, 3.0, 0.5));
}

#[tokio::test]
async fn a_missing_adjusted_close_is_the_close() {
    let bars = read_body(ok(SHUFFLED)).await.unwrap();
    assert_eq!(bars[0].adj_close(), bars[0].close());
}

const SHUFFLED: &str =
    "\u{feff}VOLUME, close ,Low,HIGH,open,note,date\n100.0,2,0.5,3,1,x,2019-01-02\n";

#[tokio::test]
async fn a_body_without_the_columns_or_rows_is_malformed() {
    assert_malformed(
        "<!DOCTYPE html>\n<html><body>Too many visitors</body></html>\n",
        "it has no column Date",
    )
    .await;
    assert_malformed(r#"{"error": "Invalid API call"}"#, "it has no column Date").await;
    assert_malformed("", "it has no column Date").await;
    assert_malformed("Date;Open;High;Low;Volume\n2019-01-02;1;1;1;1\n", "it has no column Close")
        .await;
    assert_malformed(HEADER, "it has no rows").await;
}

#[tokio::test]
async fn a_quote_that_is_not_closed_is_malformed() {
    let rows = "2019-01-02,1,1,1,1,1,1\n2019-01-03,1,1,1,1,1,\"1\n2019-01-04,1,1,1,1,1,1\n";
    assert_malformed(&format!("{HEADER}{rows}"), "line 3: a cell has two lines").await;
}

#[tokio::test]
async fn an_endless_body_is_too_large() {
    let limit = 16 * 1024 * 1024;
    let mut endless = b"HTTP/1.1 200 -\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(limit + 1024 * 1024, b'1');
    assert_eq!(read_body(endless).await.unwrap_err(), MarketDataError::TooLarge { limit });
}

#[tokio::test]
async fn an_error_status_maps_to_its_error() {
    for (reply, error) in [
        (status(404, "", "no"), MarketDataError::UnknownSymbol),
        (status(401, "", "no"), MarketDataError::Unauthorized),
        (status(403, "", "no"), MarketDataError::Unauthorized),
        (
            status(429, "retry-after: 7\r\n", ""),
            MarketDataError::RateLimited(Retry::AfterSeconds(7)),
        ),
        (status(429, "", ""), MarketDataError::RateLimited(Retry::Later)),
        (
            status(302, "location: /\r\n", ""),
            MarketDataError::Malformed("it returned 302".to_owned()),
        ),
    ] {
        let server = Server::responding(vec![reply]).await;
        assert_eq!(read(&server, None).await.unwrap_err(), error);
        assert_eq!(server.heads().len(), 1, "{error} is not retried");
    }
}

#[tokio::test]
async fn a_server_error_is_retried() {
    let body = format!("{HEADER}2019-01-02,1,1,1,1,1,1\n");
    let server = Server::responding(vec![status(500, "", ""), ok(body)]).await;
    assert_eq!(read(&server, None).await.unwrap().len(), 1);
    assert_eq!(server.heads().len(), 2);
}

#[tokio::test]
async fn a_lasting_server_error_does_not_reveal_the_address() {
    let server = Server::responding(vec![status(503, "", "")]).await;
    let error = read(&server, None).await.unwrap_err();
    assert_eq!(error.to_string(), "the provider is unavailable: it returned 503");
    assert_eq!(server.heads().len(), 3);
}
