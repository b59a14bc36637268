use analyses::OwnAnalyses;
use shared::auth::Jwks;
use shared::{auth::Auth, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), shared::Error> {
    let build = |client: &_| Ok((Auth::from_env(Jwks::from_env(client)?)?, OwnAnalyses::from_env(client)?));
    http::serve(build, |(auth, analyses), request| get_analysis::handle(auth, analyses, request)).await
}
