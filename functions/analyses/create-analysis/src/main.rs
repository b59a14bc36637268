#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(
        create_analysis::ROUTE,
        create_analysis::Deps::from_env,
        create_analysis::handle,
    )
    .await
}
