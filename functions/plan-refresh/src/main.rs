use plan_refresh::{handle, interval_from_env};
use shared::adapters::{postgrest::RefreshStore, sqs::Queue};
use shared::schedule;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let queue = Queue::from_env("REFRESHES_QUEUE_URL", client)?;
        Ok((RefreshStore::from_env(client)?, queue, interval_from_env()?))
    };
    schedule::serve(build, |(stocks, queue, interval), tick| handle(stocks, queue, *interval, tick)).await
}
