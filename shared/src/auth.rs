//! Who is calling, and what they may do.
//!
//! - A *principal* is a kind of caller that a route can be for: [`Anyone`], [`Caller`], [`User`],
//!   [`Machine`] or [`Signed`]. Only this module can make a [`User`], [`Machine`] or [`Signed`], so
//!   each of these is a proof. [`Anyone`] and [`Caller::Anonymous`] prove nothing.
//! - A *proof* ([`Prove`]) turns the credentials of a request into a principal, or fails with a
//!   problem such as a 401.
//! - *Access* ([`Access`]) is what a route requires of its caller. [`Principal::authorize`] checks
//!   it; a caller without it gets a 403.
//!
//! Access tokens of Supabase Auth are verified against the project's published keys (ES256 or
//! RS256), or against a legacy shared secret (HS256) when one is configured. Each key has one
//! algorithm; the header of a token cannot choose another.
//!
//! A handler takes the principal of its route as an argument, so it cannot run for another kind of
//! caller. The edge checks the access first:
//!
//! ```
//! use shared::auth::{Access, Anyone, Principal, Role};
//!
//! assert!(Anyone.authorize(Access::Open).is_ok());
//! assert_eq!(Anyone.authorize(Access::User(Role::Viewer)).unwrap_err().code(), "forbidden");
//! ```

mod access;
mod caller;
mod claims;
mod identity;
mod jwks;
mod keys;
mod principal;
mod prove;
mod signed;
mod token_cache;
mod tokens;

pub use access::{Access, Scope};
pub use caller::{AccessToken, Anyone, Caller, Machine, User};
pub use identity::{Role, UserId};
pub use jwks::{AuthConfig, Jwks};
pub use keys::{FetchKeys, KeySet, KeysError};
pub use principal::{Principal, Proved};
pub use prove::{Credentials, Prove};
pub use signed::Signed;
pub use tokens::TokenVerifier;
