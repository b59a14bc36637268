use shared::adapters::{market_data::Providers, postgrest::RefreshStore, sqs::Queue};
use shared::queue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((RefreshStore::from_env(client)?, Providers::from_env(client)?));
    let waits = |client: &_| Queue::from_env("REFRESHES_QUEUE_URL", client);
    queue::serve(waits, build, |(store, market), delivery| refresh_symbol::handle(store, market, delivery)).await
}
