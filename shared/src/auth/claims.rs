//! The claims of an access token, and the checks on them.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::identity::{Role, UserId};

const AUDIENCE: &str = "authenticated";
const LEEWAY_SECONDS: i64 = 30;

/// The claims of a token whose signature is verified; their values are not checked yet. Parsing
/// fails when a required claim is missing.
#[derive(Debug, Deserialize)]
pub(super) struct RawClaims {
    sub: UserId,
    iss: String,
    aud: OneOrMany,
    exp: i64,
    nbf: Option<i64>,
    /// The Postgres role: `authenticated` for users.
    role: String,
    /// The application's role, added by the database's access-token hook.
    user_role: Option<serde_json::Value>,
    #[serde(default)]
    is_anonymous: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The checked claims of a token.
#[derive(Debug)]
pub(super) struct Claims {
    pub user_id: UserId,
    pub role: Role,
    pub expires_at: Timestamp,
    pub is_anonymous: bool,
}

/// The claims of a token that `key` signed with `algorithm`, else `None`.
pub(super) fn verified(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<RawClaims> {
    let mut validation = Validation::new(algorithm);
    // `RawClaims::check` checks the claims, against a given time.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, key, &validation).ok().map(|token| token.claims)
}

impl RawClaims {
    /// The claims, if the token is of this project, is for signed-in users, and is valid at `now`
    /// with 30 s of leeway.
    pub(super) fn check(self, issuer: &str, now: Timestamp) -> Option<Claims> {
        let now = now.as_second();
        let for_us = match &self.aud {
            OneOrMany::One(audience) => audience == AUDIENCE,
            OneOrMany::Many(audiences) => audiences.iter().any(|audience| audience == AUDIENCE),
        };
        let alive = self.exp.saturating_add(LEEWAY_SECONDS) > now;
        let begun = self.nbf.is_none_or(|nbf| nbf.saturating_sub(LEEWAY_SECONDS) <= now);
        if !(for_us && alive && begun && self.iss == issuer && self.role == AUDIENCE) {
            return None;
        }
        Some(Claims {
            user_id: self.sub,
            // A missing or unknown role becomes the lowest role.
            role: self
                .user_role
                .and_then(|role| serde_json::from_value(role).ok())
                .unwrap_or_default(),
            expires_at: Timestamp::from_second(self.exp).ok()?,
            is_anonymous: self.is_anonymous,
        })
    }
}
