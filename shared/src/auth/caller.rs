//! The callers that handlers take as arguments.

use secrecy::SecretString;

use super::{
    access::Scope,
    identity::{Role, UserId},
};
use crate::problem::Problem;

/// A caller whose credentials are not used.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

/// A caller with or without credentials.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A caller without an `Authorization` header.
    Anonymous,
    /// A person with a valid access token.
    User(User),
}

/// A verified user.
#[derive(Debug, Clone)]
pub struct User {
    id: UserId,
    role: Role,
    token: AccessToken,
}

/// A verified access token. Requests to the store carry it to read the rows of the user.
pub type AccessToken = SecretString;

/// A program with an API key. It acts for the owner of the key.
#[derive(Debug, Clone)]
pub struct Machine {
    key_id: String,
    owner: UserId,
    scopes: Vec<Scope>,
}

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
}

impl Machine {
    /// The public part of the key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    pub fn owner(&self) -> UserId {
        self.owner
    }

    pub(super) fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl TryFrom<Caller> for User {
    type Error = Problem;

    /// The user, or 401 `unauthenticated`.
    fn try_from(caller: Caller) -> Result<Self, Problem> {
        match caller {
            Caller::User(user) => Ok(user),
            Caller::Anonymous => {
                Err(Problem::unauthorized("unauthenticated", "Sign in and send your access token."))
            }
        }
    }
}

impl TryFrom<Caller> for Anyone {
    type Error = Problem;

    fn try_from(_: Caller) -> Result<Self, Problem> {
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::access::Access, super::principal::Principal, *};

    fn user(role: Role) -> User {
        User::new("11111111-1111-4111-8111-111111111111".parse().unwrap(), role, "token".into())
    }

    #[test]
    fn a_role_includes_the_ones_below_it() {
        for (role, needed, allowed) in [
            (Role::Viewer, Role::Viewer, true),
            (Role::Viewer, Role::Analyst, false),
            (Role::Operator, Role::Analyst, true),
            (Role::Operator, Role::Admin, false),
        ] {
            assert_eq!(
                user(role).authorize(Access::User(needed)).is_ok(),
                allowed,
                "{role} {needed}"
            );
        }
    }

    #[test]
    fn a_key_allows_its_scopes_only() {
        let owner = user(Role::Admin).id();
        let machine =
            Machine { key_id: "k1".to_owned(), owner, scopes: vec![Scope("metrics:read")] };
        assert!(machine.authorize(Access::Machine(Scope("metrics:read"))).is_ok());
        for access in
            [Access::Machine(Scope("analyses:write")), Access::User(Role::Viewer), Access::Signed]
        {
            assert_eq!(machine.authorize(access).unwrap_err().code(), "forbidden", "{access}");
        }
        assert_eq!((machine.key_id(), machine.owner()), ("k1", owner));
    }

    #[test]
    fn only_a_signature_opens_a_route_for_webhooks() {
        for refused in
            [Anyone.authorize(Access::Signed), user(Role::Admin).authorize(Access::Signed)]
        {
            assert_eq!(refused.unwrap_err().code(), "forbidden");
        }
    }
}
