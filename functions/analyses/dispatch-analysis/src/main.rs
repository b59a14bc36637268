#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::queue::serve(
        dispatch_analysis::WORK,
        dispatch_analysis::Deps::from_env,
        dispatch_analysis::handle,
    )
    .await
}
