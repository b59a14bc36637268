#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    shared::schedule::serve(plan_refresh::JOB, plan_refresh::Deps::from_env, plan_refresh::handle)
        .await
}
