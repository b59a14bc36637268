#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve_offline(get_docs::ROUTE, get_docs::handle).await
}
