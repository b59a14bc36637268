#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(get_health::ROUTE, get_health::Deps::from_env, get_health::handle).await
}
