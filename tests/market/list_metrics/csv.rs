//! `GET /v1/metrics?format=csv`

use super::*;

#[tokio::test]
async fn the_screener_can_be_csv() {
    let reply = app().get("/v1/metrics?sort=-rsi_14&fields=rsi_14,close,macd&format=csv").await;
    let lines: Vec<_> = reply.text().split("\r\n").collect();
    let expected = [
        "symbol,close,macd,rsi_14",
        "AAPL,430.47,,33.3",
        "SPX,430.47,,33.3",
        "IBM,430.47,,28.0",
        "MSFT,430.47,,",
        "",
    ];
    assert_eq!(lines, expected);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(
        (reply.header("as-of"), reply.header("vary")),
        ("2013-03-01", "Accept, Accept-Encoding")
    );
}

#[tokio::test]
async fn every_column_is_there_without_fields() {
    let csv = app().get_with("/v1/metrics?limit=1", &[("accept", "text/csv")]).await;
    let lines: Vec<_> = csv.text().lines().map(|line| line.split(',').count()).collect();
    assert_eq!(lines, [10 + Metric::COUNT; 2]);
}

#[tokio::test]
async fn the_next_page_is_in_the_link() {
    let first = app().get("/v1/metrics?limit=1&fields=symbol&format=csv").await;
    assert_eq!(first.text(), "symbol\r\nAAPL\r\n");
    let (_, link) = first.header("link").split_once("https://api.example.com").unwrap();
    let second = app().get(link.split('>').next().unwrap()).await;
    assert_eq!(second.text(), "symbol\r\nIBM\r\n");
}

#[tokio::test]
async fn a_batch_as_csv_has_the_code_of_each_problem() {
    let markets = MemoryMarkets::with_aapl().unrefreshed("NEW");
    let path = "/v1/metrics?symbols=NOPE,AAPL,NEW&fields=close&format=csv";
    let csv = App::with(markets).get(path).await;
    assert_eq!(
        csv.text(),
        "symbol,close,error\r\nNOPE,,stock_not_found\r\nAAPL,430.47,\r\nNEW,,metrics_not_ready\r\n"
    );
}

#[tokio::test]
async fn a_format_that_is_not_served_is_a_406() {
    let reply = app().get_with("/v1/metrics", &[("accept", "text/html")]).await;
    assert_problem(&reply, 406, "not_acceptable");
}
