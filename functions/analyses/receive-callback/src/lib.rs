//! Function URL: receives the progress or outcome of an analysis from n8n, as a signed callback.

pub mod callback;
mod deps;
mod receipt;
mod receive;

use analyses::AnalysisLog;
use shared::{
    auth::Signed,
    http::{HandlerResult, KIB, Request, Route},
};

use crate::receive::receive;

pub use deps::Deps;
pub use receipt::{Receipt, ReceiptStatus};

pub const ROUTE: Route<Signed> = Route::signed("receive-callback").body(256 * KIB);

/// 404 for an unknown analysis; a callback that was received before changes nothing.
pub async fn handle(
    deps: &Deps<impl AnalysisLog>,
    sender: Signed,
    request: Request,
) -> HandlerResult<Receipt> {
    let received = receive(deps, &sender, &request).await;
    received.inspect_err(|problem| Signed::log_refusal(request.body(), problem))
}
