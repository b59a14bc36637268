use shared::adapters::{postgrest::Outbox, sqs::Queue};
use shared::schedule;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((Outbox::from_env(client)?, Queue::from_env("ANALYSES_QUEUE_URL", client)?));
    schedule::serve(build, |(outbox, analyses), tick| relay_outbox::handle(outbox, analyses, tick)).await
}
