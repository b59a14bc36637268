#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(get_analysis::ROUTE, get_analysis::Deps::from_env, get_analysis::handle)
        .await
}
