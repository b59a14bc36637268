//! Every tool: its arguments, and the route that it calls.

use market::{METRICS, Metric, STOCKS};
use rmcp::model::{Tool, ToolAnnotations};
use shared::list::ListSchema;

use super::{
    calls::{self, Routed},
    chart::CHART,
    stock::{FROM, SYMBOL, TO},
};
use crate::{
    app,
    arguments::{Argument, Arguments, Shape},
    schema,
};

/// A tool and its request to a route.
pub(crate) struct Definition {
    pub name: &'static str,
    description: &'static str,
    pub arguments: &'static [Argument],
    pub call: fn(Arguments) -> Routed,
    /// True when fields of null are left out of its result.
    pub sparse: bool,
}

impl Definition {
    /// The tool of this name; the error lists all names.
    pub(crate) fn find(name: &str) -> Result<&'static Self, String> {
        ALL.iter().find(|tool| tool.name == name).ok_or_else(|| {
            let names: Vec<_> = ALL.iter().map(|tool| tool.name).collect();
            format!("There is no tool with this name. The tools are: {}.", names.join(", "))
        })
    }

    pub(crate) fn tool(&self) -> Tool {
        let writes = self.name == "request_analysis";
        let annotations = ToolAnnotations::new().read_only(!writes).open_world(writes);
        let annotations =
            if writes { annotations.destructive(false).idempotent(false) } else { annotations };
        let tool = Tool::new(self.name, self.description, schema::of(self.arguments));
        let tool = tool.with_annotations(annotations);
        if self.name == "get_chart" { tool.with_meta(app::link()) } else { tool }
    }
}

const CURSOR: Argument = Argument::new(
    "cursor",
    Shape::Text,
    "`next` of the previous response, with all other arguments unchanged.",
);

fn metric_names() -> Vec<String> {
    let names = Metric::ALL.iter().map(|metric| metric.name());
    ["none"].into_iter().chain(names).map(str::to_owned).collect()
}

pub(crate) static ALL: [Definition; 8] = [
    Definition {
        name: "search_stocks",
        description: "Finds stocks by name or symbol, or lists them. Start here when the symbol \
            is not known.",
        arguments: &[
            Argument::new(
                "q",
                Shape::Text,
                "Part of a name or symbol, e.g. apple; best matches \
                first. Not with sort and cursor.",
            ),
            Argument::new("exchange", Shape::Text, "Exchange, e.g. NASDAQ."),
            Argument::new(
                "sort",
                Shape::Choices(|| orders(&STOCKS)),
                "Up to three fields, with a leading minus for descending order, \
                    e.g. `[\"-as_of\", \"symbol\"]`; by symbol when omitted.",
            ),
            Argument::new(
                "fields",
                Shape::Choices(|| names(&STOCKS)),
                "Fields to return; \
                symbol, name, exchange, currency and as_of when omitted.",
            ),
            Argument::new(
                "limit",
                Shape::Integer(1, 200),
                "Maximum number of stocks, 1 to 200; \
                20 when omitted, and 200 for a larger number.",
            ),
            CURSOR,
        ],
        call: |given| Ok(calls::search(given)),
        sparse: true,
    },
    Definition {
        name: "get_metrics",
        description: "The latest price and metrics of one stock: close is as traded, and the \
            metrics are computed from prices adjusted for splits and dividends (price_basis). \
            Metrics without a value are left out.",
        arguments: &[SYMBOL],
        call: |given| Ok(calls::metrics(given)),
        sparse: true,
    },
    Definition {
        name: "screen_stocks",
        description: "The latest metrics of many stocks: those that match filters, sorted, \
            or those of a list of symbols. close is the price as traded; compare adj_close with \
            metrics, which are computed from adjusted prices (price_basis). Metrics without a \
            value are left out.",
        arguments: &[
            Argument::new(
                "symbols",
                Shape::List,
                "Ticker symbols to look up, at most 200; can \
                be combined with fields only.",
            ),
            Argument::new(
                "filters",
                Shape::Conditions,
                "Conditions, all of which a stock must \
                meet, as in a query of the API: a field with an operator (gte, gt, lt, lte), an \
                equals sign and the bound, e.g. `[\"rsi_14.lt=30\", \"as_of.gte=2013-02-28\"]`. \
                A field without an operator must equal the value; `adj_close.gt=@sma_200` compares \
                two fields.",
            ),
            Argument::new(
                "sort",
                Shape::Choices(|| orders(&METRICS)),
                "Up to three fields, with a leading minus for descending order, \
                    e.g. `[\"-return_21d\", \"symbol\"]`; by symbol when omitted.",
            ),
            Argument::new(
                "fields",
                Shape::Choices(|| names(&METRICS)),
                "Fields to return; \
                when omitted, symbol, name, as_of, close, price_basis and the fields of filters \
                and sort.",
            ),
            Argument::new(
                "limit",
                Shape::Integer(1, 200),
                "Maximum number of stocks, 1 to 200; \
                200 for a larger number. When omitted, 50, or fewer with many fields.",
            ),
            CURSOR,
        ],
        call: calls::screen,
        sparse: true,
    },
    Definition {
        name: "get_history",
        description: "Prices and metrics of one stock by day, week or month, newest first. \
            Metrics without a value are left out.",
        arguments: &[
            SYMBOL,
            FROM,
            TO,
            Argument::new(
                "interval",
                Shape::Choice(&["day", "week", "month"]),
                "Period of a \
                row; day when omitted.",
            ),
            Argument::new(
                "adjusted",
                Shape::Flag,
                "True adjusts open, high, low and close for \
                splits and dividends; false when omitted.",
            ),
            Argument::new(
                "metrics",
                Shape::Choices(metric_names),
                "Metrics to return; none when \
                omitted.",
            ),
            Argument::new(
                "metrics_interval",
                Shape::Choice(&["day", "interval"]),
                "interval computes \
                metrics on the weeks or months of interval, as chart programs do; when omitted, \
                day: the metrics of the last day of a row.",
            ),
            Argument::new(
                "sort",
                Shape::Choice(&["day", "-day"]),
                "day for oldest first, -day \
                for newest first; -day when omitted.",
            ),
            Argument::new(
                "limit",
                Shape::Integer(1, 500),
                "Maximum number of rows, 1 to 500; \
                500 for a larger number. When omitted, 60, or fewer with several metrics.",
            ),
            CURSOR,
        ],
        call: |given| Ok(calls::history(given)),
        sparse: true,
    },
    Definition {
        name: "get_chart",
        description: "A chart of a stock's adjusted price with moving averages, Bollinger bands, \
            and panels below it. For its numbers, call get_history.",
        arguments: &CHART,
        call: calls::chart,
        sparse: false,
    },
    Definition {
        name: "list_metric_definitions",
        description: "Title, unit, formula and source of every metric, and the number of days \
            before its first value.",
        arguments: &[Argument::new(
            "format",
            Shape::Choice(&["json", "csv"]),
            "csv for a shorter \
            text; json when omitted.",
        )],
        call: |given| Ok(calls::definitions(given)),
        sparse: true,
    },
    Definition {
        name: "request_analysis",
        description: "Runs an analysis workflow on a stock. Requires a user with the role \
            analyst. The response has the id of the analysis, with which get_analysis reads \
            its progress and result.",
        arguments: &[
            SYMBOL,
            Argument::new(
                "workflow",
                Shape::Text,
                "Name of the workflow; stock-analysis when \
                omitted.",
            ),
            Argument::new(
                "parameters",
                Shape::Object,
                "Parameters of the workflow: the text of \
                a JSON object, e.g. `{\"horizon_days\": 30}`; empty when omitted.",
            ),
        ],
        call: |given| Ok(calls::request_analysis(given)),
        sparse: false,
    },
    Definition {
        name: "get_analysis",
        description: "Progress, result and events of an analysis of the user. While finished_at \
            is null, it is still running: call again after some seconds.",
        arguments: &[
            Argument::new("id", Shape::Text, "`id` in the response of request_analysis.")
                .required(),
            Argument::new(
                "after",
                Shape::Integer(0, i32::MAX.unsigned_abs()),
                "Returns the \
                events after the one with this version; all when omitted.",
            ),
        ],
        call: |given| Ok(calls::analysis(given)),
        sparse: false,
    },
];

fn names(list: &ListSchema) -> Vec<String> {
    list.columns.iter().map(|column| column.name.to_owned()).collect()
}

/// Every order of a list.
fn orders(list: &ListSchema) -> Vec<String> {
    let sortable = list.columns.iter().filter(|column| column.sortable);
    sortable.flat_map(|column| [column.name.to_owned(), format!("-{}", column.name)]).collect()
}
