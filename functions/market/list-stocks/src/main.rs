use market::Markets;
use shared::{http, list::Pager};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((Markets::from_env(client)?, Pager::from_env()?));
    http::serve(build, |(markets, pager), request| list_stocks::handle(markets, pager, request)).await
}
