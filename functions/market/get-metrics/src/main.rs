#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(get_metrics::ROUTE, get_metrics::Deps::from_env, get_metrics::handle).await
}
