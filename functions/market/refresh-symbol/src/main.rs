#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::queue::serve(
        refresh_symbol::WORK,
        refresh_symbol::Deps::from_env,
        refresh_symbol::handle,
    )
    .await
}
