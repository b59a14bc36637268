use market::Bars;
use refresh_symbol::{CsvConfig, ProviderConfig, ports::MarketDataError};

use super::{
    fetch, fetch_symbol,
    server::{Server, ok, status},
};

const HEADER: &str = "Date,Open,High,Low,Close,Adj Close,Volume\n";

fn csv(server: &Server) -> ProviderConfig {
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
    assert_eq!((bar.close().to_f64(), bar.volume()), (2.0, 100));
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
    assert_malformed(
        "Date,Open,High,Low,Close,Adj Close\n2019-01-02,1,1,1,1,1\n",
        "it has no column Volume",
    )
    .await;
    assert_malformed(HEADER, "it has no rows").await;
}

#[tokio::test]
async fn a_field_that_is_no_number_names_its_line_and_column() {
    for price in ["null", "-", "NaN", "inf", "", "1,5"] {
        let row = format!("2019-01-02,1,1,1,1,1,1\n2019-01-03,1,1,1,\"{price}\",1,1\n");
        let reason = "line 3, close: a price is a decimal number of at most 28 digits";
        assert_malformed(&format!("{HEADER}{row}"), reason).await;
    }
    for (price, reason) in [
        ("0", "a price is above 0"),
        ("-1", "a price is above 0"),
        ("1e12", "a price is below 10^12"),
    ] {
        assert_malformed(
            &format!("{HEADER}2019-01-02,{price},1,1,1,1,1\n"),
            &format!("line 2, open: {reason}"),
        )
        .await;
    }
    for volume in ["null", "-5", "1.5", ""] {
        let reason = "line 2, volume: it is not an integer";
        assert_malformed(&format!("{HEADER}2019-01-02,1,1,1,1,1,{volume}\n"), reason).await;
    }
    let reason = "line 2, day: a day is a valid date, YYYY-MM-DD";
    assert_malformed(&format!("{HEADER}02/01/2019,1,1,1,1,1,1\n"), reason).await;
}

#[tokio::test]
async fn a_truncated_row_is_malformed() {
    let error =
        read_body(ok(format!("{HEADER}2019-01-02,1,1,1,1,1,1\n2019-01-03,1,1"))).await.unwrap_err();
    let MarketDataError::Malformed(reason) = error else { panic!("{error:?}") };
    assert!(reason.contains("line: 3"), "{reason}");
}

#[tokio::test]
async fn bars_that_contradict_themselves_are_malformed() {
    let high = "line 2, bar: the bar of 2019-01-02 has a high below its open, low or close";
    assert_malformed(&format!("{HEADER}2019-01-02,1,1,2,1,1,1\n"), high).await;
    let low = "line 2, bar: the bar of 2019-01-02 has a low above its open or close";
    assert_malformed(&format!("{HEADER}2019-01-02,3,4,2,1,1,1\n"), low).await;
    let twice = "2019-01-02,1,1,1,1,1,1\n2019-01-02,1,1,1,1,1,1\n";
    assert_malformed(&format!("{HEADER}{twice}"), "there are two bars of 2019-01-02").await;
    let backwards = "2019-01-03,1,1,1,1,1,1\n2019-01-02,1,1,1,1,1,1\n";
    assert_malformed(
        &format!("{HEADER}{backwards}"),
        "the bar of 2019-01-02 comes after one of a later day",
    )
    .await;
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
            MarketDataError::RateLimited { retry_after_seconds: Some(7) },
        ),
        (status(429, "", ""), MarketDataError::RateLimited { retry_after_seconds: None }),
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
