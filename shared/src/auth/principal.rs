//! The kinds of callers, and what each may do.

use http::StatusCode;

use super::{
    access::Access,
    caller::{Anyone, Caller, Machine, User},
    jwks::{AuthConfig, Jwks},
    prove::Prove,
    signed::Signed,
    tokens::TokenVerifier,
};
use crate::{config::ConfigError, http_client::HttpClient, problem::Problem, webhook::WebhookKeys};

/// A kind of caller that a route can be for.
pub trait Principal: Send + Sync + Sized + 'static {
    /// The name in logs.
    fn kind(&self) -> &'static str;

    /// True when the caller has this access. Only this method decides it.
    fn may(&self, access: Access) -> bool;

    /// 403 `forbidden` unless the caller has [this access](Self::may).
    fn authorize(&self, access: Access) -> Result<(), Problem> {
        match access {
            _ if self.may(access) => Ok(()),
            Access::User(role) => Err(forbidden(format!("This requires the role {role}."))),
            Access::Machine(scope) => {
                Err(forbidden(format!("This requires an API key with the scope {}.", scope.0)))
            }
            Access::Open | Access::Any | Access::Signed => {
                Err(forbidden("You may not call this route.".to_owned()))
            }
        }
    }
}

fn forbidden(detail: String) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
}

/// A principal whose proof can be built from environment variables.
pub trait Proved: Principal {
    type Proof: Prove<Self> + 'static;

    fn proof(http: &HttpClient) -> Result<Self::Proof, ConfigError>;
}

impl Principal for Anyone {
    fn kind(&self) -> &'static str {
        "anyone"
    }

    fn may(&self, access: Access) -> bool {
        matches!(access, Access::Open | Access::Any)
    }
}

impl Principal for Caller {
    fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(user) => user.kind(),
        }
    }

    fn may(&self, access: Access) -> bool {
        match self {
            Self::Anonymous => Anyone.may(access),
            Self::User(user) => user.may(access),
        }
    }
}

impl Principal for User {
    fn kind(&self) -> &'static str {
        "user"
    }

    fn may(&self, access: Access) -> bool {
        match access {
            Access::Open | Access::Any => true,
            Access::User(role) => self.role() >= role,
            Access::Machine(_) | Access::Signed => false,
        }
    }
}

impl Principal for Machine {
    fn kind(&self) -> &'static str {
        "machine"
    }

    fn may(&self, access: Access) -> bool {
        match access {
            Access::Open | Access::Any => true,
            Access::Machine(scope) => self.has(scope),
            Access::User(_) | Access::Signed => false,
        }
    }
}

impl Principal for Signed {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    fn may(&self, access: Access) -> bool {
        matches!(access, Access::Open | Access::Any | Access::Signed)
    }
}

impl Proved for Anyone {
    type Proof = ();

    fn proof(_: &HttpClient) -> Result<(), ConfigError> {
        Ok(())
    }
}

impl Proved for Caller {
    type Proof = TokenVerifier<Jwks>;

    fn proof(http: &HttpClient) -> Result<Self::Proof, ConfigError> {
        verifier(http)
    }
}

impl Proved for User {
    type Proof = TokenVerifier<Jwks>;

    fn proof(http: &HttpClient) -> Result<Self::Proof, ConfigError> {
        verifier(http)
    }
}

fn verifier(http: &HttpClient) -> Result<TokenVerifier<Jwks>, ConfigError> {
    let config = AuthConfig::from_env()?;
    Ok(TokenVerifier::new(&config, Jwks::new(&config, http)))
}

impl Proved for Signed {
    type Proof = WebhookKeys;

    fn proof(_: &HttpClient) -> Result<WebhookKeys, ConfigError> {
        WebhookKeys::from_env()
    }
}
