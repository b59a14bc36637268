//! Who is calling, and what they may do.
//!
//! - A *principal* is a kind of caller that a route can be for: [`Anyone`], [`Caller`], [`User`],
//!   [`Machine`] or [`Signed`]. Their fields are private: a value is the proof, and only this
//!   module makes one.
//! - A *proof* ([`Prove`]) turns the credentials of a request into a principal, or into a 401.
//! - *Access* ([`Access`]) is what a route demands; [`Principal::authorize`] is the one place that
//!   decides, with a 403.
//!
//! Access tokens of Supabase Auth are verified against the project's published keys (ES256 or
//! RS256), or against a legacy shared secret (HS256) when one is configured. The key decides the
//! algorithm, never the header of the token.
//!
//! A handler takes the principal of its route as an argument, so it cannot run for anyone else:
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
