//! Kinds of files that public sources of daily prices offer, each in a few rows.

use refresh_symbol::ports::MarketDataError;

use super::{
    csv::csv,
    fetch,
    server::{Server, ok},
};

/// A kind of file, the file, its bars as `day open high low close adj_close volume`, and the number
/// of rows that are set aside.
type Feed = (&'static str, &'static str, &'static [&'static str], u64);

const FEEDS: [Feed; 24] = [
    (
        "Yahoo Finance, with a holiday",
        "Date,Open,High,Low,Close,Adj Close,Volume\n\
         2024-01-01,null,null,null,null,null,null\n\
         2024-01-02,187.149994,188.440002,183.889999,185.639999,184.938217,82488700\n",
        &["2024-01-02 187.149994 188.440002 183.889999 185.639999 184.938217 82488700"],
        1,
    ),
    (
        "Stooq, with adjusted volumes",
        "Date,Open,High,Low,Close,Volume\r\n\
         1994-09-07,0.100464,0.101712,0.0992155,0.100464,98853019.4521\r\n",
        &["1994-09-07 0.100464 0.101712 0.099216 0.100464 0.100464 98853019"],
        0,
    ),
    (
        "Stooq, an index without a volume column",
        "Date,Open,High,Low,Close\r\n2024-01-02,4745.2,4754.33,4722.67,4742.83\r\n",
        &["2024-01-02 4745.2 4754.33 4722.67 4742.83 4742.83 null"],
        0,
    ),
    (
        "Alpha Vantage, newest first",
        "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,\
         split_coefficient\r\n\
         2024-01-03,161.0,161.73,160.08,160.1,156.8,4086065,0.0000,1.0\r\n\
         2024-01-02,162.83,163.29,160.46,161.5,158.17,3825044,0.0000,1.0\r\n",
        &[
            "2024-01-02 162.83 163.29 160.46 161.5 158.17 3825044",
            "2024-01-03 161 161.73 160.08 160.1 156.8 4086065",
        ],
        0,
    ),
    (
        "Tiingo as CSV",
        "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash\n\
         2024-01-02,185.64,188.44,183.885,187.15,82488674,184.29,187.07,182.54,185.79,82488674,0\n",
        &["2024-01-02 187.15 188.44 183.885 185.64 184.29 82488674"],
        0,
    ),
    (
        "EOD Historical Data",
        "Date,Open,High,Low,Close,Adjusted_close,Volume\n\
         2024-01-02,187.15,188.44,183.885,185.64,184.532,82488700\n",
        &["2024-01-02 187.15 188.44 183.885 185.64 184.532 82488700"],
        0,
    ),
    (
        "Nasdaq Data Link, with unadjusted and adjusted columns",
        "Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. Close\n\
         2014-06-06,649.9,651.26,644.47,645.57,12497800.0,0.0,1.0,86.9,86.38\n",
        &["2014-06-06 649.9 651.26 644.47 645.57 86.38 12497800"],
        0,
    ),
    (
        "Twelve Data, semicolons",
        "datetime;open;high;low;close;volume\n\
         2024-01-03;184.22;185.88;183.43;184.25;58414500\n\
         2024-01-02;187.15;188.44;183.89;185.64;82488700\n",
        &[
            "2024-01-02 187.15 188.44 183.89 185.64 185.64 82488700",
            "2024-01-03 184.22 185.88 183.43 184.25 184.25 58414500",
        ],
        0,
    ),
    (
        "yfinance, instants of New York",
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n\
         2024-01-02 00:00:00-05:00,186.0330588,187.3153,182.7926,184.5321,82488700,0.0,0.0\n",
        &["2024-01-02 186.033059 187.3153 182.7926 184.5321 184.5321 82488700"],
        0,
    ),
    (
        "yfinance, the column Datetime",
        "Datetime,Open,High,Low,Close,Adj Close,Volume\n\
         2024-01-02 00:00:00,187.15,188.44,183.89,185.64,184.94,82488700\n",
        &["2024-01-02 187.15 188.44 183.89 185.64 184.94 82488700"],
        0,
    ),
    (
        "a data frame, numbers in exponents",
        "date,open,high,low,close,volume\n\
         2024-01-02,1.8715e+02,1.8844e+02,1.8389e+02,1.8564e+02,2.49e+07\n",
        &["2024-01-02 187.15 188.44 183.89 185.64 185.64 24900000"],
        0,
    ),
    (
        "Excel in German: byte order mark, CRLF, quotes, semicolons",
        "\u{feff}\"Date\";\"Open\";\"High\";\"Low\";\"Close\";\"Volume\"\r\n\
         \"2024-01-02\";\"139.50\";\"140.70\";\"138.10\";\"138.84\";\"1523011\"\r\n",
        &["2024-01-02 139.5 140.7 138.1 138.84 138.84 1523011"],
        0,
    ),
    (
        "tabs",
        "Date\tOpen\tHigh\tLow\tClose\tVolume\n2024-01-02\t10\t12\t9\t11\t100\n",
        &["2024-01-02 10 12 9 11 11 100"],
        0,
    ),
    (
        "Financial Modeling Prep, a text with a comma",
        "date,open,high,low,close,adjClose,volume,label,changePercent\n\
         2024-01-02,187.15,188.44,183.89,185.64,184.94,82488700,\"January 02, 24\",-0.8\n",
        &["2024-01-02 187.15 188.44 183.89 185.64 184.94 82488700"],
        0,
    ),
    (
        "TradingView, instants in ISO 8601",
        "time,open,high,low,close,Volume,Volume MA\n\
         2024-01-02T09:30:00-05:00,187.15,188.44,183.885,185.64,82488674,NaN\n",
        &["2024-01-02 187.15 188.44 183.885 185.64 185.64 82488674"],
        0,
    ),
    (
        "MetaStock, names in angle brackets",
        "<TICKER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n\
         AAPL.US,20240102,000000,187.15,188.44,183.885,185.64,82496943\n",
        &["2024-01-02 187.15 188.44 183.885 185.64 185.64 82496943"],
        0,
    ),
    (
        "an exchange, holidays as dashes",
        "Date,Open,High,Low,Close,Volume\n\
         2024-01-01,-,-,-,-,-\n2024-01-02,10,12,9,11,100\n2024-01-03,10,12,9,11,100\n",
        &["2024-01-02 10 12 9 11 11 100", "2024-01-03 10 12 9 11 11 100"],
        1,
    ),
    (
        "today's row without prices",
        "Date,Open,High,Low,Close,Volume\n\
         2024-06-27,10,12,9,11,100\n2024-06-28,,,,,\n",
        &["2024-06-27 10 12 9 11 11 100"],
        1,
    ),
    (
        "today's row twice",
        "Date,Open,High,Low,Close,Volume\n\
         2024-06-27,10,12,9,11,100\n2024-06-28,11,12,10,11,50\n2024-06-28,11,13,10,12.5,90\n",
        &["2024-06-27 10 12 9 11 11 100", "2024-06-28 11 13 10 12.5 12.5 90"],
        0,
    ),
    (
        "an index with empty volumes",
        "Date,Open,High,Low,Close,Adj Close,Volume\n\
         2024-01-02,4745.2,4754.33,4722.67,4742.83,4742.83,\n\
         2024-01-03,4725.07,4729.29,4699.71,4704.81,4704.81,\n",
        &[
            "2024-01-02 4745.2 4754.33 4722.67 4742.83 4742.83 null",
            "2024-01-03 4725.07 4729.29 4699.71 4704.81 4704.81 null",
        ],
        0,
    ),
    (
        "an old history whose first days have no open",
        "Date,Open,High,Low,Close,Volume\n\
         1990-01-02,0,35.5,35,35.25,100\n1990-01-03,35.25,35.5,35,35.25,100\n",
        &["1990-01-03 35.25 35.5 35 35.25 35.25 100"],
        1,
    ),
    (
        "prices rounded to cents, one by one",
        "Date,Open,High,Low,Close,Volume\n2024-01-02,10.12,10.5,10.13,10.51,100\n",
        &["2024-01-02 10.12 10.51 10.12 10.51 10.51 100"],
        0,
    ),
    (
        "an estimate for a later day",
        "Date,Open,High,Low,Close,Volume\n\
         2024-06-28,10,12,9,11,100\n2024-07-31,10,12,9,11,100\n",
        &["2024-06-28 10 12 9 11 11 100"],
        1,
    ),
    (
        "a spreadsheet: empty rows, and a line about the source at the end",
        "Date,Open,High,Low,Close,Volume,\n2024-01-02,10,12,9,11,100,\n,,,,,,\n\n\
         \"Source: the exchange, delayed\"\n",
        &["2024-01-02 10 12 9 11 11 100"],
        1,
    ),
];

/// Files whose prices or days could be read in more than one way, and files without prices.
const REFUSED: [(&str, &str, &str); 8] = [
    (
        "Nasdaq",
        "Date,Close/Last,Volume,Open,High,Low\n\
         01/02/2024,$185.64,82488670,$187.15,$188.44,$183.89\n",
        "it has no column Close",
    ),
    (
        "Investing.com",
        "\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n\
         \"01/02/2024\",\"185.64\",\"187.15\",\"188.44\",\"183.89\",\"82.49M\",\"-3.58%\"\n",
        "it has no column Close",
    ),
    (
        "Cboe, days that begin with the month",
        "DATE,OPEN,HIGH,LOW,CLOSE\n01/02/2024,13.21,14.23,13.1,13.2\n",
        "it has no usable rows: line 2, day: a day is a valid date, YYYY-MM-DD",
    ),
    (
        "decimal commas",
        "Date;Open;High;Low;Close;Volume\n2024-01-02;139,50;140,70;138,10;138,84;1523011\n",
        "it has no usable rows: line 2, open: a price is a decimal number of at most 28 digits",
    ),
    (
        "thousands grouped without quotes",
        "Date,Open,High,Low,Close,Volume\n2024-01-02,4,745.20,4,754.33,4,722.67,4,742.83,100\n",
        "it has no usable rows: line 2, row: there are more cells than columns",
    ),
    (
        "a page",
        "<!DOCTYPE html>\n<html><body>Too many visitors; try later, please</body></html>\n",
        "it has no column Date",
    ),
    ("an error as JSON", "{\"error\": \"Invalid API call\"}", "it has no column Date"),
    ("a limit as text", "Exceeded the daily hits limit", "it has no column Date"),
];

#[tokio::test]
async fn files_of_public_sources_are_read() {
    for (kind, file, bars, rejected) in FEEDS {
        let server = Server::responding(vec![ok(file)]).await;
        let fetched = fetch(vec![csv(&server)], None).await;
        let fetched = fetched.unwrap_or_else(|error| panic!("{kind}: {error}"));
        let read: Vec<String> = fetched.bars.iter().map(written).collect();
        assert_eq!(read, bars, "{kind}");
        assert_eq!(fetched.rejected.map_or(0, |rows| rows.count), rejected, "{kind}");
    }
}

fn written(bar: &market::Bar) -> String {
    let prices = [bar.open(), bar.high(), bar.low(), bar.close(), bar.adj_close()];
    let volume = bar.volume().map_or("null".to_owned(), |volume| volume.to_string());
    let words = prices.map(|price| price.to_string());
    format!("{} {} {volume}", bar.day(), words.join(" "))
}

#[tokio::test]
async fn ambiguous_files_are_refused_with_the_place_of_the_first_fault() {
    for (kind, file, reason) in REFUSED {
        let server = Server::responding(vec![ok(file)]).await;
        let error = fetch(vec![csv(&server)], None).await.unwrap_err();
        assert_eq!(error, MarketDataError::Malformed(reason.to_owned()), "{kind}");
    }
}
