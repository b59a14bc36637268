//! Recently verified tokens, by their SHA-256. A signature check takes longer than the rest of a
//! cached read.

use std::collections::HashMap;

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};

use super::caller::User;

/// The longest time for which a token is cached. No token is cached beyond its expiry.
const AT_MOST: SignedDuration = SignedDuration::from_secs(60);
const CAPACITY: usize = 256;

pub(super) type Digest = [u8; 32];

/// The SHA-256 of a token.
pub(super) fn digest(token: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    bytes
}

#[derive(Debug, Default)]
pub(super) struct TokenCache(HashMap<Digest, (User, Timestamp)>);

impl TokenCache {
    pub(super) fn get(&self, digest: &Digest, now: Timestamp) -> Option<User> {
        self.0.get(digest).filter(|(_, until)| now < *until).map(|(user, _)| user.clone())
    }

    pub(super) fn insert(
        &mut self,
        digest: Digest,
        user: User,
        expires_at: Timestamp,
        now: Timestamp,
    ) {
        if self.0.len() >= CAPACITY {
            self.0.retain(|_, (_, until)| now < *until);
        }
        // When the cache is full of valid tokens, this one is not cached and is verified again.
        if self.0.len() < CAPACITY {
            let until =
                now.checked_add(AT_MOST).map_or(expires_at, |at_most| at_most.min(expires_at));
            self.0.insert(digest, (user, until));
        }
    }
}
