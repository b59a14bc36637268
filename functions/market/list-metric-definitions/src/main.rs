use shared::http;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    http::serve_with((), async |none, request| list_metric_definitions::handle(none, &request)).await
}
