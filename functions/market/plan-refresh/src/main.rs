use shared::queue::Queue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| {
        let queue = Queue::from_env("REFRESHES_QUEUE_URL", client)?;
        Ok((plan_refresh::Stocks::from_env(client)?, queue, plan_refresh::interval_from_env()?))
    };
    shared::schedule::serve(build, plan_refresh::handle).await
}
