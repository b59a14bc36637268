//! The Runtime API a bootstrap polls: `next`, `response`, `error`, `init/error`.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinSet;

/// The function's response, or the error that it reported.
pub(super) type Outcome = Result<Bytes, Bytes>;

/// The time of an invocation, as reported to the function: the longest timeout of all.
const DEADLINE: Duration = Duration::from_mins(2);

#[derive(Debug, Default)]
struct Work {
    queue: VecDeque<(String, Bytes)>,
    waiting: HashMap<String, oneshot::Sender<Outcome>>,
    count: u64,
}

/// The queue of events and the pending responses.
#[derive(Debug, Default)]
pub(super) struct RuntimeApi {
    work: Mutex<Work>,
    pushed: Notify,
    first_poll: watch::Sender<Option<Instant>>,
}

impl RuntimeApi {
    /// Queues an event; the receiver gets its outcome.
    pub(super) fn push(&self, event: Bytes) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        let mut work = self.work();
        work.count += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", work.count);
        work.queue.push_back((id.clone(), event));
        work.waiting.insert(id, sender);
        drop(work);
        self.pushed.notify_one();
        receiver
    }

    /// The instant of the first request for an event.
    pub(super) async fn ready(&self) -> Instant {
        let mut first = self.first_poll.subscribe();
        let at = first.wait_for(Option::is_some).await.map(|at| *at);
        at.ok().flatten().unwrap_or_else(Instant::now)
    }

    /// Serves until its task is aborted; the connections end with it.
    pub(super) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).ok();
            let api = Arc::clone(&self);
            let service = service_fn(move |request| {
                let api = Arc::clone(&api);
                async move { Ok::<_, Infallible>(api.handle(request).await) }
            });
            connections
                .spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn handle(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let Some(call) = path.strip_prefix("/2018-06-01/runtime/") else {
            return status(StatusCode::NOT_FOUND);
        };
        match (request.method(), call) {
            (&Method::GET, "invocation/next") => self.next().await,
            // The process ends by itself after reporting this.
            (&Method::POST, "init/error") => status(StatusCode::ACCEPTED),
            (&Method::POST, call) => match call.rsplit_once('/') {
                Some((invocation, "response")) => self.finish(invocation, request, Ok).await,
                Some((invocation, "error")) => self.finish(invocation, request, Err).await,
                _ => status(StatusCode::NOT_FOUND),
            },
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    /// Waits for an event, as the real API does.
    async fn next(&self) -> Response<Full<Bytes>> {
        self.first_poll.send_if_modified(|at| at.is_none() && at.replace(Instant::now()).is_none());
        loop {
            if let Some((id, event)) = self.work().queue.pop_front() {
                return invocation(&id, event);
            }
            self.pushed.notified().await;
        }
    }

    async fn finish(
        &self,
        invocation: &str,
        request: Request<Incoming>,
        outcome: fn(Bytes) -> Outcome,
    ) -> Response<Full<Bytes>> {
        let id = invocation.strip_prefix("invocation/").unwrap_or_default().to_owned();
        let Ok(body) = request.into_body().collect().await else {
            return status(StatusCode::BAD_REQUEST);
        };
        match self.work().waiting.remove(&id) {
            // The receiver may have been dropped; the function does not need to know.
            Some(waiting) => waiting.send(outcome(body.to_bytes())).ok(),
            None => return status(StatusCode::BAD_REQUEST),
        };
        status(StatusCode::ACCEPTED)
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn invocation(id: &str, event: Bytes) -> Response<Full<Bytes>> {
    let deadline = (SystemTime::now() + DEADLINE).duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut response = Response::new(Full::new(event));
    let headers = [
        ("lambda-runtime-aws-request-id", id.to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:local".to_owned(),
        ),
    ];
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
