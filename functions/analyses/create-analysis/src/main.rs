use shared::{auth, http, queue::Queue, store::Outbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |http: &_| {
        let queue = (Queue::from_env("ANALYSES_QUEUE_URL", http)?, Outbox::from_env(http)?);
        Ok((auth::Auth::from_env(auth::Jwks::from_env(http)?)?, analyses::AnalysisStore::from_env(http)?, queue))
    };
    http::serve(build, |(auth, log, queue), request| create_analysis::handle(auth, log, queue, request)).await
}
