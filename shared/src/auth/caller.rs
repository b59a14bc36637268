//! Who sent a request, once it is proved.

use http::StatusCode;
use secrecy::SecretString;

use super::identity::{Role, UserId};
use crate::problem::Problem;

/// The proof of who sent a request.
#[derive(Debug, Clone)]
pub enum Caller {
    /// No credentials were sent.
    Anonymous,
    /// A person, proved by an access token.
    User(User),
}

/// A verified user. Fields are private: only [`Auth`](super::Auth) makes one.
#[derive(Debug, Clone)]
pub struct User {
    id: UserId,
    role: Role,
    token: AccessToken,
}

/// A verified access token, to read the user's own rows with.
pub type AccessToken = SecretString;

impl User {
    pub(super) fn new(id: UserId, role: Role, token: AccessToken) -> Self {
        Self { id, role, token }
    }

    pub fn id(&self) -> UserId {
        self.id
    }

    pub fn role(&self) -> Role {
        self.role
    }

    pub fn token(&self) -> &AccessToken {
        &self.token
    }

    /// The user, or 403 `forbidden` with a lesser role than this.
    pub fn at_least(self, role: Role) -> Result<Self, Problem> {
        if self.role >= role {
            return Ok(self);
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", format!("This needs the role {role}.")))
    }
}

impl Caller {
    /// The user, or 401 `unauthenticated`.
    pub fn user(self) -> Result<User, Problem> {
        match self {
            Self::User(user) => Ok(user),
            Self::Anonymous => Err(Problem::unauthorized("unauthenticated", "Sign in and send your access token.")),
        }
    }
}
