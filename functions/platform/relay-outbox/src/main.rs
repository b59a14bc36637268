#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::schedule::serve(relay_outbox::JOB, relay_outbox::Deps::from_env, relay_outbox::handle)
        .await
}
