//! The persistent connections.
//!
//! A connection in the pool may be dead: servers close idle ones, and a process that Lambda has
//! frozen between invocations does not notice. After a long pause all connections are dropped.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Extensions;
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// Shorter than the idle limits of load balancers, so that a reused connection is still open.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

pub(super) type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Clones share their connections.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    connector: HttpsConnector<HttpConnector>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    connections: Connections,
    /// By the wall clock: the clock of the connections stops while the process is frozen.
    used_at: SystemTime,
    /// The local addresses of the connections that returned a response.
    answered: HashSet<SocketAddr>,
}

impl Pool {
    pub(super) fn new(connector: HttpsConnector<HttpConnector>) -> Self {
        let state = State::new(&connector, SystemTime::now());
        Self { connector, state: Arc::new(Mutex::new(state)) }
    }

    /// The connections; other ones if these were idle for too long.
    pub(super) fn at(&self, now: SystemTime) -> Connections {
        let mut state = self.state();
        if now.duration_since(state.used_at).is_ok_and(|idle| idle > IDLE_TIMEOUT) {
            *state = State::new(&self.connector, now);
        }
        state.used_at = now;
        state.connections.clone()
    }

    /// Remembers that a connection works, from the extensions of a response.
    pub(super) fn answered(&self, response: &Extensions) {
        self.state().answered.extend(local_address(response));
    }

    /// Other connections, if a pooled one caused the error. The rest are probably dead, too.
    pub(super) fn instead_of(&self, error: &Error) -> Option<Connections> {
        let mut extensions = Extensions::new();
        error.connect_info()?.get_extras(&mut extensions);
        let mut state = self.state();
        local_address(&extensions).filter(|address| state.answered.contains(address))?;
        *state = State::new(&self.connector, state.used_at);
        Some(state.connections.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(connector: &HttpsConnector<HttpConnector>, now: SystemTime) -> Self {
        let connections = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector.clone());
        Self { connections, used_at: now, answered: HashSet::new() }
    }
}

fn local_address(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}
