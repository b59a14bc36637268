use refresh_symbol::{
    ProviderConfig, TiingoConfig,
    ports::{Fetched, MarketDataError},
};
use secrecy::SecretString;

use super::{
    fetch, fetch_symbol,
    server::{Server, ok, status},
};

const TOKEN: &str = "b2f3a9secrettoken";
/// As in the documentation of end-of-day prices.
const DOCUMENTED: &str = r#"[{
    "date": "2019-01-02T00:00:00.000Z",
    "close": 157.92, "high": 158.85, "low": 154.23, "open": 154.89, "volume": 37039737,
    "adjClose": 157.92, "adjHigh": 158.85, "adjLow": 154.23, "adjOpen": 154.89,
    "adjVolume": 37039737, "divCash": 0.0, "splitFactor": 1.0
}, {
    "date": "2019-01-03T00:00:00.000Z",
    "close": 142.19, "high": 145.72, "low": 142.0, "open": 143.98, "volume": 91312195,
    "adjClose": 35.0471, "adjHigh": 35.9, "adjLow": 35.0, "adjOpen": 35.5,
    "adjVolume": 365248780, "divCash": 0.73, "splitFactor": 4.0
}]"#;

pub fn tiingo(server: &Server) -> ProviderConfig {
    ProviderConfig::Tiingo(
        TiingoConfig::new(server.url.clone(), &SecretString::from(TOKEN)).unwrap(),
    )
}

async fn read(server: &Server, since: Option<&str>) -> Result<Fetched, MarketDataError> {
    let since = since.map(|day| day.parse().unwrap());
    fetch(vec![tiingo(server)], since).await
}

async fn refused(reply: Vec<u8>) -> MarketDataError {
    let error = read(&Server::responding(vec![reply]).await, None).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(TOKEN) && !shown.contains("127.0.0.1"), "{shown}");
    error
}

#[tokio::test]
async fn the_documented_response_is_parsed() {
    let server = Server::responding(vec![ok(DOCUMENTED)]).await;
    let fetched = read(&server, Some("2019-01-02")).await.unwrap();
    assert_eq!(fetched.provider, "tiingo");
    let bars: Vec<_> = fetched.bars.iter().map(|bar| serde_json::to_string(bar).unwrap()).collect();
    let expected = [
        r#"{"day":"2019-01-02","open":154.89,"high":158.85,"low":154.23,"close":157.92,"#,
        r#""adj_close":157.92,"volume":37039737,"adj_volume":37039737,"split_factor":1,"#,
        r#""dividend":0}"#,
        r#"{"day":"2019-01-03","open":143.98,"high":145.72,"low":142,"close":142.19,"#,
        r#""adj_close":35.0471,"volume":91312195,"adj_volume":365248780,"split_factor":4,"#,
        r#""dividend":0.73}"#,
    ];
    assert_eq!(bars.concat(), expected.concat());
}

#[tokio::test]
async fn the_token_is_sent_in_a_header_and_not_in_the_url() {
    let server = Server::responding(vec![ok(DOCUMENTED)]).await;
    read(&server, Some("2019-01-02")).await.unwrap();
    let head = &server.heads()[0];
    assert!(
        head.starts_with("get /tiingo/daily/ibm/prices?startdate=2019-01-02 http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains(&format!("authorization: token {TOKEN}\r\n")), "{head}");
}

#[tokio::test]
async fn a_symbol_is_requested_as_tiingo_spells_it() {
    for (symbol, ticker) in [
        ("AAPL", "aapl"),
        ("BRK.B", "brk-b"),
        ("BF-B", "bf-b"),
        ("SPG.PRJ", "spg-p-j"),
        ("SPG.PR.J", "spg-p-j"),
        ("SPG-P-J", "spg-p-j"),
        ("BAC.PR", "bac-p"),
        ("ACHR.WS", "achr-ws"),
    ] {
        let server = Server::responding(vec![ok(DOCUMENTED)]).await;
        fetch_symbol(symbol, vec![tiingo(&server)], None).await.unwrap();
        let head = &server.heads()[0];
        let path = format!("get /tiingo/daily/{ticker}/prices?");
        assert!(head.starts_with(&path), "{symbol}: {head}");
    }
}

#[tokio::test]
async fn the_whole_history_is_requested_from_1990_on() {
    let server = Server::responding(vec![ok(DOCUMENTED)]).await;
    read(&server, None).await.unwrap();
    assert!(server.heads()[0].contains("?startdate=1990-01-01 "));
}

#[tokio::test]
async fn an_unknown_ticker_is_an_unknown_symbol() {
    let reply = status(404, "", r#"{"detail": "Error: Ticker 'IBM' not found"}"#);
    assert_eq!(refused(reply).await, MarketDataError::UnknownSymbol);
}

#[tokio::test]
async fn a_rejected_token_is_reported_and_not_revealed() {
    let reply = status(401, "", format!(r#"{{"detail": "Invalid token. {TOKEN}"}}"#));
    assert_eq!(refused(reply).await, MarketDataError::Unauthorized);
}

#[tokio::test]
async fn an_error_with_status_200_is_malformed() {
    for body in [
        format!(r#"{{"detail": "Invalid token {TOKEN}."}}"#),
        format!(r#""Error: you have run over your limit {TOKEN}""#),
        "<html></html>".to_owned(),
        "[".to_owned(),
    ] {
        let error = refused(ok(body)).await;
        assert!(
            error.to_string().contains("it is not a list of prices (line 1, column"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_invalid_row_is_set_aside() {
    for (from, to, reason) in [
        ("\"2019-01-03T", "\"soon-01-03T", "day: a day is a valid date, YYYY-MM-DD"),
        ("\"close\": 142.19", "\"close\": null", "close: there is no value"),
        ("\"adjClose\": 35.0471", "\"adjusted\": 35.0471", "adj_close: there is no value"),
        ("\"open\": 143.98", "\"open\": 0", "open: a price is above 0"),
        (
            "\"open\": 143.98",
            "\"open\": [1]",
            "open: a price is a decimal number of at most 28 digits",
        ),
        (
            "\"high\": 145.72",
            "\"high\": 1",
            "high: the bar of 2019-01-03 has a high below its open, low or close",
        ),
        (
            "\"volume\": 91312195",
            "\"volume\": -1",
            "volume: a volume is a number of shares, 0 or more",
        ),
    ] {
        assert_set_aside(from, to, reason).await;
    }
}

#[tokio::test]
async fn an_invalid_split_or_dividend_sets_its_row_aside() {
    for (from, to, reason) in [
        (
            "\"adjVolume\": 365248780",
            "\"adjVolume\": -1",
            "adj_volume: a volume is a number of shares, 0 or more",
        ),
        (
            "\"splitFactor\": 4.0",
            "\"splitFactor\": 0",
            "split_factor: the bar of 2019-01-03 has a split factor of 0",
        ),
        (
            "\"divCash\": 0.73",
            "\"divCash\": -0.73",
            "dividend: a split factor or a dividend is a decimal number, 0 or more and below 10^12",
        ),
    ] {
        assert_set_aside(from, to, reason).await;
    }
}

/// Asserts that the second documented row is set aside when it has `to` in place of `from`.
async fn assert_set_aside(from: &str, to: &str, reason: &str) {
    let server = Server::responding(vec![ok(DOCUMENTED.replace(from, to))]).await;
    let fetched = read(&server, None).await.unwrap();
    assert_eq!(fetched.bars.len(), 1, "{to}");
    let rejected = fetched.rejected.unwrap();
    assert_eq!((rejected.count, rejected.clipped), (1, 0), "{to}");
    assert_eq!(rejected.reasons, [format!("row 2, {reason}")]);
}

#[tokio::test]
async fn numbers_may_be_texts_in_any_notation() {
    let body = DOCUMENTED
        .replace("\"volume\": 37039737", "\"volume\": 3.7039737e+07")
        .replace("\"close\": 157.92", "\"close\": \"157.920\"");
    let server = Server::responding(vec![ok(body)]).await;
    let fetched = read(&server, None).await.unwrap();
    let bar = fetched.bars[0];
    assert_eq!((bar.close().to_f64(), bar.volume()), (157.92, Some(37_039_737)));
    assert_eq!(fetched.rejected, None);
}

#[tokio::test]
async fn a_response_without_usable_rows_is_malformed() {
    for (body, reason) in [
        ("[]", "it has no rows"),
        ("[1]", "it has no usable rows: row 1, day: there is no value"),
        (
            r#"[{"detail": "b2f3a9secrettoken"}]"#,
            "it has no usable rows: row 1, day: there is no value",
        ),
    ] {
        assert_eq!(refused(ok(body)).await, MarketDataError::Malformed(reason.to_owned()));
    }
}
