use dispatch_analysis::{Outside, handle};
use jiff::Timestamp;
use shared::adapters::{n8n::N8n, postgrest::AnalysisStore, sqs::Queue};
use shared::{queue, signing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let dead_letters = Queue::from_env("ANALYSES_DEAD_LETTER_QUEUE_URL", client)?;
        let (log, workflows) = (AnalysisStore::from_env(client)?, N8n::from_env(client)?);
        Ok(Outside { log, workflows, dead_letters, chance: signing::chance, clock: Timestamp::now })
    };
    queue::serve(|client| Queue::from_env("ANALYSES_QUEUE_URL", client), build, handle).await
}
