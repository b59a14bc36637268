#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve_offline(list_metric_definitions::ROUTE, list_metric_definitions::handle)
        .await
}
