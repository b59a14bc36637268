//! Errors of creating and finding analyses.

use http::StatusCode;
use shared::{problem::Problem, store::StoreError};

/// The reason why an analysis was not created. `detail` is a sentence for the caller.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("there is no such stock")]
    StockNotFound { detail: String },
    #[error("there is no such workflow")]
    WorkflowNotFound { detail: String },
    #[error("the workflow is disabled")]
    WorkflowDisabled { detail: String },
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
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
            CreateError::Store(error) => error.into(),
        }
    }
}

/// 404 `analysis_not_found`. We do not say whether it belongs to another user.
pub fn analysis_not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "analysis_not_found", "You have no analysis with this id.")
}
