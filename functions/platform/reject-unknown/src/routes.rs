//! The routes of the contract (`infra/api/openapi.yaml`); a test compares the two.

/// The paths, each with its methods as `Allow` lists them.
pub const ROUTES: &[(&str, &str)] = &[
    ("/", "GET, HEAD"),
    ("/docs", "GET, HEAD"),
    ("/docs/assets/{file}", "GET, HEAD"),
    ("/docs/problems/{code}", "GET, HEAD"),
    ("/docs/{page}", "GET, HEAD"),
    ("/health/live", "GET, HEAD"),
    ("/health/ready", "GET, HEAD"),
    ("/llms.txt", "GET, HEAD"),
    ("/mcp", "POST"),
    ("/openapi.json", "GET, HEAD"),
    ("/server.json", "GET, HEAD"),
    ("/v1/analyses", "POST"),
    ("/v1/analyses/{id}", "GET, HEAD"),
    ("/v1/metrics", "GET, HEAD"),
    ("/v1/metrics/definitions", "GET, HEAD"),
    ("/v1/stocks", "GET, HEAD"),
    ("/v1/stocks/{symbol}", "GET, HEAD"),
    ("/v1/stocks/{symbol}/chart.png", "GET, HEAD"),
    ("/v1/stocks/{symbol}/chart.svg", "GET, HEAD"),
    ("/v1/stocks/{symbol}/history", "GET, HEAD"),
    ("/v1/stocks/{symbol}/metrics", "GET, HEAD"),
];
