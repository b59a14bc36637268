use market::Markets;
use shared::{http, list::Cursors};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((Markets::from_env(client)?, Cursors::from_env()?));
    http::serve(build, |(markets, cursors), request| get_metric_history::handle(markets, cursors, request)).await
}
