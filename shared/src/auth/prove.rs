//! From credentials to a principal.

use std::future::Future;

use http::HeaderMap;
use jiff::Timestamp;

use super::caller::Anyone;
use crate::{deadline::Deadline, problem::Problem};

/// The parts of a request that can prove its caller.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'r> {
    pub headers: &'r HeaderMap,
    /// As it was sent: signatures cover every byte.
    pub body: &'r [u8],
    /// A longer body is not read; see [`Signed`](super::Signed).
    pub max_body: usize,
    pub received_at: Timestamp,
}

/// Proves principals of one kind.
pub trait Prove<C>: Send + Sync {
    /// The principal; a 401 when the credentials are missing or invalid, a 503 when they cannot be
    /// checked.
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
