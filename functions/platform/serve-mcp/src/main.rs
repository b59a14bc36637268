#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(serve_mcp::ROUTE, serve_mcp::Deps::from_env, serve_mcp::handle).await
}
