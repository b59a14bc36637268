//! Proofs, which turn credentials into principals.

use std::future::Future;

use http::HeaderMap;
use jiff::Timestamp;

use super::caller::Anyone;
use crate::{deadline::Deadline, problem::Problem};

/// The parts of a request that prove who its caller is.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'r> {
    pub headers: &'r HeaderMap,
    /// The body as it was sent: signatures cover every byte.
    pub body: &'r [u8],
    /// The cap of a signed body, in bytes; see [`Signed`](super::Signed).
    pub max_body: usize,
    pub received_at: Timestamp,
}

/// Proves principals of one kind.
pub trait Prove<C>: Send + Sync {
    /// The principal. It fails with 401 when credentials are invalid or required ones are missing,
    /// 403 for an anonymous user, 413 for a signed body over the cap, and 503 when the keys are
    /// unavailable.
    fn prove(
        &self,
        credentials: Credentials<'_>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<C, Problem>> + Send;
}

/// Open routes need no proof.
impl Prove<Anyone> for () {
    async fn prove(&self, _: Credentials<'_>, _: Deadline) -> Result<Anyone, Problem> {
        Ok(Anyone)
    }
}
