use market::Markets;
use shared::http;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    http::serve(Markets::from_env, get_stock::handle).await
}
