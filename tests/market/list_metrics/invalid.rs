//! Queries that do not match the schema of the list.

use super::*;

#[tokio::test]
async fn an_unknown_filter_is_rejected_with_the_known_ones() {
    let reply = App::with(MemoryMarkets::default()).event("list-metrics.unknown-field").await;
    let problem = assert_problem(&reply, 400, "unknown_parameter");
    assert!(problem["detail"].as_str().unwrap().contains("rsi_14"), "{problem}");
}

#[tokio::test]
async fn an_unknown_field_is_rejected_with_the_known_ones() {
    for (query, field) in [
        ("sort=-rsi_15", "sort"),
        ("fields=rsi_15", "fields"),
        ("sort=,", "sort"),
        ("fields=,", "fields"),
    ] {
        let reply = app().get(&format!("/v1/metrics?{query}")).await;
        let error = assert_problem(&reply, 400, "validation_failed")["errors"][0].clone();
        assert_eq!(error["field"], field, "{error}");
        assert_eq!(error["code"], "unknown_field", "{error}");
        assert!(error["detail"].as_str().unwrap().contains("rsi_14"), "{error}");
    }
}

#[tokio::test]
async fn a_repeated_parameter_that_is_no_list_is_rejected() {
    for query in ["limit=1&limit=2", "rsi_14.lt=30&rsi_14.lt=40", "format=csv&format="] {
        let reply = app().get(&format!("/v1/metrics?{query}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "repeated", "{problem}");
    }
}

#[tokio::test]
async fn an_unknown_operator_is_rejected_with_the_known_ones() {
    for name in ["rsi_14.like", "rsi_14.", "rsi_14.gte.lt"] {
        let reply = app().get(&format!("/v1/metrics?{name}=30")).await;
        let problem = assert_problem(&reply, 400, "unknown_parameter");
        assert_eq!(problem["errors"][0]["field"], name);
        assert!(problem["detail"].as_str().unwrap().contains("rsi_14.gte="), "{problem}");
    }
}

#[tokio::test]
async fn more_than_three_fields_to_sort_by_are_rejected() {
    let reply = app().get("/v1/metrics?sort=rsi_14,macd,beta_252d,close").await;
    assert_problem(&reply, 400, "validation_failed");
}

#[tokio::test]
async fn an_invalid_value_is_a_400_problem_that_names_its_field() {
    for (name, value) in [
        ("rsi_14.lt", "low"),
        ("rsi_14", "NaN"),
        ("rsi_14.gt", "inf"),
        ("rsi_14", "1e999"),
        ("rsi_14", "null"),
        ("close", "1,5"),
        ("close.gt", "0x10"),
        ("close.gt", "1_000"),
        ("close.gt", "1__0"),
        ("rsi_14.gt", "1_0"),
        ("volume", "1.5"),
        ("as_of", "2013-02-30"),
        ("as_of.gte", "0000-01-01"),
        ("refreshed_at.lt", "yesterday"),
        ("refreshed_at.lt", "-000001-01-01T00:00:00Z"),
        ("symbol", "A,B"),
        ("symbol", "A)"),
        ("rsi_14", "1)%2Cor(symbol.eq.AAPL"),
        ("close", "1%22"),
    ] {
        let reply = app().get(&format!("/v1/metrics?{name}={value}")).await;
        let problem = assert_problem(&reply, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], name, "{value}");
    }
}

#[tokio::test]
async fn a_limit_of_zero_is_rejected() {
    let reply = app().get("/v1/metrics?limit=0").await;
    assert_problem(&reply, 400, "validation_failed");
}

#[tokio::test]
async fn a_forged_cursor_is_rejected() {
    let reply = app().get("/v1/metrics?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAIkFBUEwi").await;
    assert_problem(&reply, 400, "invalid_cursor");
}
