//! What a list does not understand.

use super::*;

#[tokio::test]
async fn an_unknown_field_is_refused_with_the_known_ones() {
    let reply = list_of(Vec::new(), "list-metrics.unknown-field", None).await;
    let problem = assert_problem(&reply, 400, "unknown_parameter");
    assert!(problem["detail"].as_str().unwrap().contains("rsi_14"), "{problem}");
    for (query, field) in [
        ("sort=-rsi_15", "sort"),
        ("fields=rsi_15", "fields"),
        ("sort=", "sort"),
        ("fields=", "fields"),
    ] {
        let problem = assert_problem(&list(query).await, 400, "validation_failed");
        assert_eq!(
            (problem["errors"][0]["field"].as_str(), problem["errors"][0]["code"].as_str()),
            (Some(field), Some("unknown_field"))
        );
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("rsi_14"), "{problem}");
    }
}

#[tokio::test]
async fn an_unknown_operator_is_refused_with_the_known_ones() {
    for name in ["rsi_14.like", "rsi_14.", "rsi_14.gte.lt"] {
        let problem = assert_problem(&list(&format!("{name}=30")).await, 400, "unknown_parameter");
        assert_eq!(problem["errors"][0]["field"], name);
        assert!(problem["detail"].as_str().unwrap().contains("rsi_14.gte="), "{problem}");
    }
}

#[tokio::test]
async fn more_than_three_fields_to_sort_by_are_refused() {
    assert_problem(&list("sort=rsi_14,macd,beta_252d,close").await, 400, "validation_failed");
}

#[tokio::test]
async fn a_value_of_another_kind_is_refused_by_the_name_of_its_field() {
    let bad = [
        ("rsi_14.lt", "low"),
        ("rsi_14", "NaN"),
        ("rsi_14.gt", "inf"),
        ("rsi_14", "1e999"),
        ("rsi_14", ""),
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
    ];
    for (name, value) in bad {
        let problem =
            assert_problem(&list(&format!("{name}={value}")).await, 400, "validation_failed");
        assert_eq!(problem["errors"][0]["field"], name, "{value}");
    }
}

#[tokio::test]
async fn a_limit_of_zero_is_refused() {
    assert_problem(&list("limit=0").await, 400, "validation_failed");
}

#[tokio::test]
async fn a_forged_cursor_is_refused() {
    assert_problem(
        &list("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAIkFBUEwi").await,
        400,
        "invalid_cursor",
    );
}
