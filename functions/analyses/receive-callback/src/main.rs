#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(
        receive_callback::ROUTE,
        receive_callback::Deps::from_env,
        receive_callback::handle,
    )
    .await
}
