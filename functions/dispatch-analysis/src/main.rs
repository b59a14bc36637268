use shared::adapters::{n8n::N8n, postgrest::AnalysisStore, sqs::Queue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let dead_letters = Queue::from_env("ANALYSES_DEAD_LETTER_QUEUE_URL", client)?;
        Ok(dispatch_analysis::Outside::new(AnalysisStore::from_env(client)?, N8n::from_env(client)?, dead_letters))
    };
    shared::queue::serve(|client| Queue::from_env("ANALYSES_QUEUE_URL", client), build, dispatch_analysis::handle).await
}
