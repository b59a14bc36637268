#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(
        receive_refresh_request::ROUTE,
        receive_refresh_request::Deps::from_env,
        receive_refresh_request::handle,
    )
    .await
}
