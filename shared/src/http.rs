//! The edge: the steps before and after the handler of every HTTP request.
//!
//! - A *route* ([`Route`]) declares its callers, rate and body cap. Its handler takes callers of
//!   the same type.
//! - The *edge* ([`Edge`]) runs the steps around a handler in a fixed order; [`serve`] runs it on
//!   Lambda.
//! - A *handler* is an async function of dependencies, caller and [`Request`]. It returns a value
//!   that becomes a response ([`IntoResponse`]) or a [`Problem`](crate::problem::Problem). It sets
//!   no status codes and reads no credentials.
//! - A *resource* ([`Resource`]) is a JSON body; its type decides who may cache it ([`Cache`]).
//!
//! ```no_run
//! use shared::{
//!     auth::Anyone,
//!     http::{self, HandlerResult, Queued, Request, Route},
//! };
//!
//! const ROUTE: Route<Anyone> = Route::open("greet");
//!
//! async fn handle(_: &(), _: Anyone, request: Request) -> HandlerResult<Queued<String>> {
//!     request.no_query()?;
//!     Ok(Queued("hello".to_owned()))
//! }
//!
//! # async fn main_of_the_function() -> Result<(), shared::Error> {
//! http::serve_offline(ROUTE, handle).await
//! # }
//! ```
//!
//! A handler fails with a [`Problem`](crate::problem::Problem): A 4xx is a fault of the caller and
//! is made where the input is parsed. A 5xx is not, and is made from the error of a port. Its cause
//! is logged and never sent. After a panic, API Gateway responds with a 500.

mod bookkeeping;
mod conditional;
mod deprecation;
mod edge;
mod encoding;
mod escape;
mod exchange;
mod json;
mod negotiate;
mod query;
mod request;
mod response;
mod route;
mod serve;

pub use bookkeeping::{Bookkeeping, Handled, Lease, NoBookkeeping};
pub use deprecation::{DEPRECATED, Deprecated};
pub use edge::Edge;
pub use json::parse_json;
pub use lambda_http::Body;
pub use query::Query;
pub use request::Request;
pub use response::{Accepted, Cache, HandlerResult, IntoResponse, LogLine, Queued, Resource};
pub use route::{Declared, KIB, Rate, Route};
pub use serve::{serve, serve_offline};
