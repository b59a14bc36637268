use serve_mcp::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(Server::from_env, serve_mcp::handle).await
}
