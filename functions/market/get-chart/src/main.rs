#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::http::serve(get_chart::ROUTE, get_chart::Deps::from_env, get_chart::handle).await
}
