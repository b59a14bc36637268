use shared::{queue::Queue, schedule, store::Outbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let queue = Queue::from_env("ANALYSES_QUEUE_URL", client)?;
        Ok((relay_outbox::Claims::from_env(client)?, Outbox::from_env(client)?, queue))
    };
    schedule::serve(build, |(claims, outbox, queue), tick| relay_outbox::handle(claims, outbox, queue, tick)).await
}
