#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(get_stock::ROUTE, get_stock::Deps::from_env, get_stock::handle).await
}
