//! Errors of creating and finding analyses.

use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use shared::{problem::Problem, store::StoreError};

/// Seconds after which a stock without bars may have some, for `Retry-After`.
const NOT_READY_SECONDS: &str = "60";

/// The first field of parameters or of a result that does not match the schema of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// `parameters.horizon_days`
    pub field: String,
    /// `must be at most 365`. It repeats the schema, never the value.
    pub detail: String,
}

impl Violation {
    /// The violation in a refusal of the store with this code.
    pub fn in_refusal(error: &StoreError, expected: &str) -> Option<Self> {
        match error {
            StoreError::Refused { code, detail } if code == expected => {
                serde_json::from_str(detail).ok()
            }
            _ => None,
        }
    }

    /// 422 `validation_failed`, with the field.
    pub fn problem(self) -> Problem {
        let detail = "The request body does not match the schema of the workflow.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed", detail).with_field(
            self.field,
            "invalid_shape",
            self.detail,
        )
    }
}

/// The reason why an analysis was not created. `detail` is a sentence for the caller.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("there is no such stock")]
    StockNotFound { detail: String },
    #[error("there is no such workflow")]
    WorkflowNotFound { detail: String },
    #[error("the workflow is disabled")]
    WorkflowDisabled { detail: String },
    #[error("the stock has no bars yet")]
    MetricsNotReady { detail: String },
    #[error("the parameters do not match the schema of the workflow")]
    InvalidParameters(Violation),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        if let Some(violation) = Violation::in_refusal(&error, "invalid_parameters") {
            return Self::InvalidParameters(violation);
        }
        match error {
            StoreError::Refused { code, detail } if code == "stock_not_found" => {
                Self::StockNotFound { detail }
            }
            StoreError::Refused { code, detail } if code == "workflow_not_found" => {
                Self::WorkflowNotFound { detail }
            }
            StoreError::Refused { code, detail } if code == "workflow_disabled" => {
                Self::WorkflowDisabled { detail }
            }
            StoreError::Refused { code, detail } if code == "metrics_not_ready" => {
                Self::MetricsNotReady { detail }
            }
            other => Self::Store(other),
        }
    }
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::StockNotFound { detail } => {
                Self::new(StatusCode::NOT_FOUND, "stock_not_found", detail)
            }
            CreateError::WorkflowNotFound { detail } => {
                Self::new(StatusCode::NOT_FOUND, "workflow_not_found", detail)
            }
            CreateError::WorkflowDisabled { detail } => {
                Self::new(StatusCode::CONFLICT, "workflow_disabled", detail)
            }
            CreateError::MetricsNotReady { detail } => {
                Self::new(StatusCode::CONFLICT, "metrics_not_ready", detail)
                    .with_header(header::RETRY_AFTER, HeaderValue::from_static(NOT_READY_SECONDS))
            }
            CreateError::InvalidParameters(violation) => violation.problem(),
            CreateError::Store(error) => error.into(),
        }
    }
}

/// 404 `analysis_not_found`. We do not say whether it belongs to another user.
pub fn analysis_not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "analysis_not_found", "You have no analysis with this id.")
}
