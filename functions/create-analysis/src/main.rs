use shared::adapters::{postgrest, sqs::Queue, supabase_auth::Jwks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let queue = (Queue::from_env("ANALYSES_QUEUE_URL", client)?, postgrest::Outbox::from_env(client)?);
        Ok((shared::auth::Auth::from_env(Jwks::from_env(client)?)?, postgrest::AnalysisStore::from_env(client)?, queue))
    };
    shared::http::serve(build, |(auth, log, queue), request| create_analysis::handle(auth, log, queue, request)).await
}
