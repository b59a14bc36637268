//! What a route requires of its caller.

use std::fmt;

use super::identity::Role;

/// A permission of an API key, e.g. `metrics:read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(pub &'static str);

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone; credentials are not read.
    Open,
    /// Anyone, with or without credentials. Invalid credentials are a 401.
    Any,
    /// A user with at least this role.
    User(Role),
    /// A program with an API key of this scope.
    Machine(Scope),
    /// The sender of a signed webhook.
    Signed,
}

impl fmt::Display for Access {
    /// The value of `x-access` in the contract.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Any => f.write_str("any"),
            Self::User(role) => role.fmt(f),
            Self::Machine(Scope(scope)) => f.write_str(scope),
            Self::Signed => f.write_str("signed"),
        }
    }
}
