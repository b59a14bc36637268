//! The routes of the contract (`infra/api/openapi.yaml`); a test compares the two.

/// The paths, each with its methods as `Allow` lists them.
pub const ROUTES: &[(&str, &str)] = &[
    ("/docs", "GET"),
    ("/docs/assets/{file}", "GET"),
    ("/docs/problems/{code}", "GET"),
    ("/docs/{page}", "GET"),
    ("/health/live", "GET"),
    ("/health/ready", "GET"),
    ("/mcp", "POST"),
    ("/openapi.json", "GET"),
    ("/v1/analyses", "POST"),
    ("/v1/analyses/{id}", "GET"),
    ("/v1/metrics", "GET"),
    ("/v1/metrics/definitions", "GET"),
    ("/v1/stocks", "GET"),
    ("/v1/stocks/{symbol}", "GET"),
    ("/v1/stocks/{symbol}/chart.png", "GET"),
    ("/v1/stocks/{symbol}/chart.svg", "GET"),
    ("/v1/stocks/{symbol}/history", "GET"),
    ("/v1/stocks/{symbol}/metrics", "GET"),
];
