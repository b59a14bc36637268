#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve_offline(reject_unknown::ROUTE, reject_unknown::handle).await
}
