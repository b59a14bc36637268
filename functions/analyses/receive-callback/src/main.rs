use analyses::AnalysisStore;
use shared::{http, webhook::WebhookKeys};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((WebhookKeys::from_env()?, AnalysisStore::from_env(client)?));
    http::serve(build, |(keys, log), request| receive_callback::handle(keys, log, request)).await
}
