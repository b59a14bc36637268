use refresh_symbol::{providers::Providers, store::RefreshStore};
use shared::queue;
use shared::queue::Queue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((RefreshStore::from_env(client)?, Providers::from_env(client)?));
    let waits = |client: &_| Queue::from_env("REFRESHES_QUEUE_URL", client);
    queue::serve(waits, build, |(store, market), delivery| refresh_symbol::handle(store, market, delivery)).await
}
