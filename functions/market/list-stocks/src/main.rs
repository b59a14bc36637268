#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(list_stocks::ROUTE, list_stocks::Deps::from_env, list_stocks::handle).await
}
