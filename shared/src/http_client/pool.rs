//! The persistent connections.
//!
//! A connection in the pool may be dead: servers close idle ones, and a process that Lambda has
//! frozen between invocations does not notice. After a long pause all connections are dropped.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Extensions, Request};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use hyper_util::client::legacy::{Client, Error, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// Shorter than the idle limits of load balancers, so that a reused connection is still open.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

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
}

/// Connections that are dropped together.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// The local addresses of those that returned a response.
    answered: Arc<Mutex<HashSet<SocketAddr>>>,
}

impl Pool {
    pub(super) fn new(connector: HttpsConnector<HttpConnector>) -> Self {
        let connections = Connections::new(&connector);
        let state = State { connections, used_at: SystemTime::now() };
        Self { connector, state: Arc::new(Mutex::new(state)) }
    }

    /// The connections; other ones if these were idle for too long.
    pub(super) fn at(&self, now: SystemTime) -> Connections {
        let mut state = locked(&self.state);
        if now.duration_since(state.used_at).is_ok_and(|idle| idle > IDLE_TIMEOUT) {
            state.connections = Connections::new(&self.connector);
        }
        state.used_at = now;
        state.connections.clone()
    }

    /// Other connections, if a pooled one of these caused the error. The rest are probably dead,
    /// too. Requests that fail at the same time get the same ones.
    pub(super) fn instead_of(&self, used: &Connections, error: &Error) -> Option<Connections> {
        let mut extensions = Extensions::new();
        error.connect_info()?.get_extras(&mut extensions);
        let mut state = locked(&self.state);
        local_address(&extensions).filter(|address| locked(&used.answered).contains(address))?;
        if Arc::ptr_eq(&state.connections.answered, &used.answered) {
            state.connections = Connections::new(&self.connector);
        }
        Some(state.connections.clone())
    }
}

impl Connections {
    fn new(connector: &HttpsConnector<HttpConnector>) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector.clone());
        Self { client, answered: Arc::default() }
    }

    pub(super) fn send(&self, request: Request<Bytes>) -> ResponseFuture {
        self.client.request(request.map(Full::new))
    }

    /// Remembers that a connection works, from the extensions of a response.
    pub(super) fn answered(&self, response: &Extensions) {
        locked(&self.answered).extend(local_address(response));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn local_address(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}
