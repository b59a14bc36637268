#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(
        get_metric_history::ROUTE,
        get_metric_history::Deps::from_env,
        get_metric_history::handle,
    )
    .await
}
