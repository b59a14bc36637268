use shared::adapters::{postgrest::Markets, sqs::Queue, supabase_auth::Jwks};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let queues = [Queue::from_env("ANALYSES_QUEUE_URL", client)?, Queue::from_env("REFRESHES_QUEUE_URL", client)?];
        Ok(get_health::Dependencies { store: Markets::from_env(client)?, auth: Jwks::from_env(client)?, queues })
    };
    shared::http::serve(build, get_health::handle).await
}
