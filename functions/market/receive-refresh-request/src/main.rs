use shared::{http, queue::Queue, webhook::WebhookKeys};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((WebhookKeys::from_env()?, Queue::from_env("REFRESHES_QUEUE_URL", client)?));
    http::serve(build, |(keys, queue), request| receive_refresh_request::handle(keys, queue, request)).await
}
