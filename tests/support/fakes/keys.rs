//! A project's signing key, and an endpoint that publishes it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::auth::{AuthConfig, FetchKeys, KeySet, KeysError, TokenVerifier};
use shared::deadline::Deadline;

/// The id of the one key.
pub const KEY_ID: &str = "key-1";

/// Signs tokens, publishes the key that verifies them, and counts the requests for it.
#[derive(Debug)]
pub struct Project {
    key: EcdsaKeyPair,
    fetches: AtomicUsize,
    down: AtomicBool,
}

impl Default for Project {
    fn default() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { key, fetches: AtomicUsize::new(0), down: AtomicBool::new(false) }
    }
}

impl Project {
    /// A token with this header and these claims, always signed with the key.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64(signature))
    }

    /// A token of the project.
    pub fn signed(&self, claims: &Value) -> String {
        self.token(&json!({ "alg": "ES256", "kid": KEY_ID, "typ": "JWT" }), claims)
    }

    /// The uncompressed point of the public key.
    pub fn public_key(&self) -> Vec<u8> {
        self.key.public_key().as_ref().to_vec()
    }

    /// The published key set: the signing key, a shared secret and a key of an unknown type.
    pub fn jwks(&self) -> Value {
        let point = self.public_key();
        let (x, y) = (base64(&point[1..33]), base64(&point[33..]));
        let key = json!({
            "kty": "EC", "crv": "P-256", "x": x, "y": y,
            "kid": KEY_ID, "alg": "ES256", "use": "sig",
        });
        let secret = base64(b"a shared secret of 32 bytes, ok!!");
        let shared = json!({ "kty": "oct", "k": secret, "kid": "oct-1", "alg": "HS256" });
        json!({ "keys": [{ "kty": "unheard of", "kid": "odd" }, shared, key] })
    }

    /// The number of times that the keys were fetched.
    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }

    /// Makes the endpoint unavailable.
    pub fn shut_down(&self) {
        self.down.store(true, Ordering::Relaxed);
    }
}

/// The issuer of the tokens below.
pub const SUPABASE: &str = "https://project.supabase.co";

/// A verifier of the tokens of a project.
pub fn verifier(project: &Project) -> TokenVerifier<&Project> {
    TokenVerifier::new(&AuthConfig { url: SUPABASE.to_owned(), legacy_secret: None }, project)
}

/// A verifier, and the token of a user with this role that is valid for a minute.
pub fn verified_as(
    project: &Project,
    role: impl Into<Value>,
    now: Timestamp,
) -> (TokenVerifier<&Project>, String) {
    let claims = json!({
        "iss": format!("{SUPABASE}/auth/v1"),
        "aud": "authenticated",
        "role": "authenticated",
        "exp": now.as_second() + 60,
        "sub": "11111111-1111-4111-8111-111111111111",
        "is_anonymous": false,
        "user_role": role.into(),
    });
    (verifier(project), project.signed(&claims))
}

/// The part of a token that is signed.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string()), base64(claims.to_string()))
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl FetchKeys for &Project {
    async fn fetch_keys(&self, _: Deadline) -> Result<KeySet, KeysError> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        if self.down.load(Ordering::Relaxed) {
            return Err(KeysError("could not connect".into()));
        }
        Ok(KeySet::parse(self.jwks().to_string().as_bytes()).unwrap())
    }
}
