use shared::adapters::{postgrest, sqs::Queue, supabase_auth::Jwks};
use shared::{auth::Auth, domain::analysis::AnalysisId, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let queue = (Queue::from_env("ANALYSES_QUEUE_URL", client)?, postgrest::Outbox::from_env(client)?);
        Ok((Auth::from_env(Jwks::from_env(client)?)?, postgrest::AnalysisStore::from_env(client)?, queue))
    };
    http::serve(build, |(auth, analyses, queue), request| {
        create_analysis::handle(auth, analyses, queue, AnalysisId::generate(), request)
    })
    .await
}
