use shared::http;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    http::serve_with((), async |none, request| get_docs::handle(none, &request)).await
}
