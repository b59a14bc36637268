//! The published keys of the project. They are fetched when they are first needed, and again when
//! they are 10 minutes old or a token names an unknown key.

use std::{future::Future, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::Mutex;

use crate::{deadline::Deadline, problem::Problem};

const FRESH_FOR: SignedDuration = SignedDuration::from_mins(10);
/// The minimum time between fetches: many unknown key ids, or a failing endpoint, cause one fetch
/// in this time. Until the first fetch succeeds, every token causes one.
const BETWEEN_FETCHES: SignedDuration = SignedDuration::from_secs(30);

/// Gets the keys that verify access tokens.
pub trait FetchKeys: Send + Sync {
    fn fetch_keys(
        &self,
        deadline: Deadline,
    ) -> impl Future<Output = Result<KeySet, KeysError>> + Send;
}

/// The keys that verify access tokens could not be fetched.
#[derive(Debug, thiserror::Error)]
#[error("the published keys cannot be fetched")]
pub struct KeysError(#[source] pub crate::Error);

impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        Self::upstream_unavailable().because(error)
    }
}

/// A JSON Web Key Set as published.
#[derive(Debug, Deserialize)]
struct PublishedKeys<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// A key that verifies tokens, and its algorithm.
#[derive(Debug)]
pub(super) struct VerifyingKey {
    id: String,
    pub key: DecodingKey,
    pub algorithm: Algorithm,
}

/// The published keys that we can use.
#[derive(Debug, Default)]
pub struct KeySet(Vec<Arc<VerifyingKey>>);

impl KeySet {
    /// Reads P-256 and RSA signature keys that have an id. Others are skipped: a shared secret must
    /// not be published, and an unknown kind of key must not make the others unusable.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let published: PublishedKeys<'_> = serde_json::from_slice(json)?;
        let usable =
            |raw: &RawValue| serde_json::from_str(raw.get()).ok().as_ref().and_then(verifying_key);
        Ok(Self(published.keys.into_iter().filter_map(usable).map(Arc::new).collect()))
    }

    fn get(&self, id: &str) -> Option<Arc<VerifyingKey>> {
        self.0.iter().find(|key| key.id == id).cloned()
    }
}

fn verifying_key(jwk: &Jwk) -> Option<VerifyingKey> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        _ => return None,
    };
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    Some(VerifyingKey {
        id: jwk.common.key_id.clone()?,
        key: DecodingKey::from_jwk(jwk).ok()?,
        algorithm,
    })
}

#[derive(Debug)]
struct Known {
    set: KeySet,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

/// Finds keys by id. The lock is held during a fetch, so only one fetch runs at a time.
#[derive(Debug)]
pub(super) struct Keys<K> {
    published: K,
    known: Mutex<Known>,
}

impl<K: FetchKeys> Keys<K> {
    pub(super) fn new(published: K) -> Self {
        Self {
            published,
            known: Mutex::new(Known { set: KeySet::default(), fetched_at: None, tried_at: None }),
        }
    }

    /// The key with this id, or `None` if the project has none. A 503 when the keys cannot be
    /// fetched.
    pub(super) async fn find(
        &self,
        id: &str,
        now: Timestamp,
        deadline: Deadline,
    ) -> Result<Option<Arc<VerifyingKey>>, Problem> {
        let mut known = self.known.lock().await;
        let found = known.set.get(id);
        let settled = found.is_some() && is_within(FRESH_FOR, known.fetched_at, now);
        let waits = known.fetched_at.is_some() && is_within(BETWEEN_FETCHES, known.tried_at, now);
        if settled || waits {
            return Ok(found);
        }
        known.tried_at = Some(now);
        match self.published.fetch_keys(deadline).await {
            Ok(set) => *known = Known { set, fetched_at: Some(now), tried_at: Some(now) },
            // While the endpoint is down, the keys that we have are used.
            Err(error) if known.fetched_at.is_some() => {
                tracing::warn!(
                    auth.cause = crate::telemetry::chain(&error),
                    "the published keys could not be fetched again"
                );
            }
            Err(error) => return Err(error.into()),
        }
        Ok(known.set.get(id))
    }
}

fn is_within(span: SignedDuration, since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| now.duration_since(since) < span)
}
