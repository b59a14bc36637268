//! The chart as a page in the client: an MCP App (SEP-1865). Clients without apps show the image.

use rmcp::model::{ExtensionCapabilities, JsonObject, MetaObject, Resource, ResourceContents};
use serde_json::{Value, json};

const URI: &str = "ui://bellwether/chart";
const MEDIA_TYPE: &str = "text/html;profile=mcp-app";
const PAGE: &str = include_str!("app/chart.html");

/// The support of apps, for the capabilities of the server.
pub(crate) fn extension() -> ExtensionCapabilities {
    let media_types = object(json!({ "mimeTypes": [MEDIA_TYPE] }));
    [("io.modelcontextprotocol/ui".to_owned(), media_types)].into()
}

/// Names the page that shows the result of a tool.
pub(crate) fn link() -> MetaObject {
    MetaObject(object(json!({ "ui": { "resourceUri": URI } })))
}

pub(crate) fn resource() -> Resource {
    Resource::new(URI, "chart")
        .with_title("Chart of a stock")
        .with_description("Shows the result of get_chart, with buttons for other ranges.")
        .with_mime_type(MEDIA_TYPE)
}

/// The page; `None` for another URI. It loads nothing: the chart is in the result of the tool.
pub(crate) fn contents(uri: &str) -> Option<ResourceContents> {
    let meta = MetaObject(object(json!({ "ui": { "csp": {}, "prefersBorder": true } })));
    let page = ResourceContents::text(PAGE, URI).with_mime_type(MEDIA_TYPE).with_meta(meta);
    (uri == URI).then_some(page)
}

fn object(json: Value) -> JsonObject {
    match json {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}
