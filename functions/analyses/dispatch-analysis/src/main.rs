use shared::queue::{self, Queue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let dead_letters = Queue::from_env("ANALYSES_DEAD_LETTER_QUEUE_URL", client)?;
        dispatch_analysis::Deps::from_env(client, dead_letters)
    };
    queue::serve(|client| Queue::from_env("ANALYSES_QUEUE_URL", client), build, dispatch_analysis::handle).await
}
