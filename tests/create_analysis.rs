//! `POST /v1/analyses`.

mod on_the_stack {
    use support::{Response, assert_problem, event_json, stack::Stack};

    /// Sends a shipped event to the stack, with the token of a new user.
    async fn sent(name: &str) -> Response {
        let stack = Stack::running();
        let bearer = format!("Bearer {}", stack.sign_up().await.token);
        let event = event_json(name);
        let content_type = event["headers"]["content-type"].as_str().unwrap();
        let body = event["body"].as_str().unwrap().to_owned();
        stack.send("POST", "/v1/analyses", &[("authorization", &bearer), ("content-type", content_type)], body).await
    }

    #[tokio::test]
    async fn a_request_is_accepted_with_its_address() {
        let answer = sent("create-analysis").await;
        let analysis = answer.json();
        assert_eq!((answer.status, analysis["status"].as_str()), (202, Some("requested")), "{analysis}");
        assert!(answer.header("location").ends_with(&format!("/v1/analyses/{}", analysis["id"].as_str().unwrap())));
        assert_eq!(analysis["parameters"]["horizon_days"], 30);
    }

    #[tokio::test]
    async fn workflow_and_parameters_have_defaults() {
        let analysis = sent("create-analysis.symbol-only").await.json();
        assert_eq!(analysis["workflow"], "stock-analysis");
        assert_eq!(analysis["parameters"], serde_json::json!({}));
    }

    #[tokio::test]
    async fn a_request_of_nobody_is_a_401_problem() {
        let body = serde_json::json!({ "symbol": "AAPL" });
        let answer = Stack::running().post_json("/v1/analyses", None, &body).await;
        assert_problem(&answer, 401, "unauthenticated");
    }

    #[tokio::test]
    async fn a_token_of_somebody_else_is_a_401_problem() {
        let body = serde_json::json!({ "symbol": "AAPL" });
        let answer = Stack::running().post_json("/v1/analyses", Some("not.a.token"), &body).await;
        assert_problem(&answer, 401, "invalid_token");
    }

    #[tokio::test]
    async fn an_unknown_symbol_is_a_404_problem() {
        assert_problem(&sent("create-analysis.unknown-symbol").await, 404, "stock_not_found");
    }

    #[tokio::test]
    async fn an_unknown_workflow_is_a_404_problem() {
        assert_problem(&sent("create-analysis.unknown-workflow").await, 404, "workflow_not_found");
    }

    #[tokio::test]
    async fn a_body_of_another_shape_is_a_422_problem() {
        for name in ["invalid-symbol", "nul-character", "unknown-field"] {
            assert_problem(&sent(&format!("create-analysis.{name}")).await, 422, "validation_failed");
        }
    }

    #[tokio::test]
    async fn a_body_that_is_no_json_is_a_400_problem() {
        assert_problem(&sent("create-analysis.malformed-body").await, 400, "malformed_body");
    }

    #[tokio::test]
    async fn another_content_type_is_a_415_problem() {
        assert_problem(&sent("create-analysis.wrong-content-type").await, 415, "unsupported_media_type");
    }
}
