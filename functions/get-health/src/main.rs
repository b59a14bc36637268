use get_health::{Dependencies, handle};
use shared::adapters::{postgrest::Markets, sqs::Queue, supabase_auth::Jwks};
use shared::http;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let analyses = Queue::from_env("ANALYSES_QUEUE_URL", client)?;
        let refreshes = Queue::from_env("REFRESHES_QUEUE_URL", client)?;
        let (store, auth) = (Markets::from_env(client)?, Jwks::from_env(client)?);
        Ok(Dependencies { store, auth, analyses, refreshes })
    };
    http::serve(build, handle).await
}
