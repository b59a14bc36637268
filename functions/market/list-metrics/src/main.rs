#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(list_metrics::ROUTE, list_metrics::Deps::from_env, list_metrics::handle)
        .await
}
