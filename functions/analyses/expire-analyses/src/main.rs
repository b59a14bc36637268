#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::schedule::serve(
        expire_analyses::JOB,
        expire_analyses::Deps::from_env,
        expire_analyses::handle,
    )
    .await
}
