//! Access tokens, and every way to forge one.

use http::{HeaderMap, header::AUTHORIZATION};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use shared::{
    auth::{AuthConfig, Caller, Credentials, Prove, Role, TokenVerifier, User},
    deadline::Deadline,
    http::HandlerResult,
};
use support::fakes::keys::{KEY_ID, Project, unsigned};

const NOW: i64 = 1_772_443_800;
const SUPABASE: &str = "https://project.supabase.co";

fn claims() -> Value {
    json!({
        "iss": format!("{SUPABASE}/auth/v1"),
        "aud": "authenticated",
        "role": "authenticated",
        "exp": NOW + 3600,
        "iat": NOW,
        "sub": "11111111-1111-4111-8111-111111111111",
        "user_role": "operator",
        "is_anonymous": false,
    })
}

fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

type Verifier<'p> = TokenVerifier<&'p Project>;

fn verifier<'p>(project: &'p Project, legacy_secret: Option<&SecretString>) -> Verifier<'p> {
    let config = AuthConfig { url: SUPABASE.to_owned(), legacy_secret: legacy_secret.cloned() };
    TokenVerifier::new(&config, project)
}

async fn caller(
    auth: &Verifier<'_>,
    authorization: Option<&str>,
    now: i64,
) -> HandlerResult<Caller> {
    let mut headers = HeaderMap::new();
    headers.extend(authorization.map(|value| (AUTHORIZATION, value.parse().unwrap())));
    let received_at = Timestamp::from_second(now).unwrap();
    let credentials = Credentials { headers: &headers, body: b"", max_body: 0, received_at };
    Prove::<Caller>::prove(auth, credentials, Deadline::default()).await
}

async fn user(auth: &Verifier<'_>, token: &str, now: i64) -> HandlerResult<User> {
    caller(auth, Some(&format!("Bearer {token}")), now).await?.try_into()
}

/// The status and code of the problem for a token.
async fn refusal(project: &Project, token: &str) -> (u16, &'static str) {
    let problem = user(&verifier(project, None), token, NOW).await.expect_err("it must be refused");
    (problem.status().as_u16(), problem.code())
}

const INVALID: (u16, &str) = (401, "invalid_token");

#[tokio::test]
async fn the_projects_own_token_proves_a_user_and_their_role() {
    let project = Project::default();
    let user = user(&verifier(&project, None), &project.signed(&claims()), NOW).await.unwrap();
    assert_eq!(user.id().to_string(), "11111111-1111-4111-8111-111111111111");
    assert_eq!(user.role(), Role::Operator);
}

#[tokio::test]
async fn any_number_of_spaces_may_follow_the_scheme() {
    let project = Project::default();
    let token = project.signed(&claims());
    for authorization in [format!("Bearer   {token}"), format!("bearer  {token}")] {
        let caller = caller(&verifier(&project, None), Some(&authorization), NOW).await.unwrap();
        assert!(matches!(caller, Caller::User(_)), "{authorization}");
    }
}

#[tokio::test]
async fn without_a_header_the_caller_is_anonymous() {
    let project = Project::default();
    let auth = verifier(&project, None);
    let caller = caller(&auth, None, NOW).await.unwrap();
    assert!(matches!(caller, Caller::Anonymous));
    assert_eq!(User::try_from(caller).unwrap_err().code(), "unauthenticated");
    assert_eq!(project.fetches(), 0);
}

#[tokio::test]
async fn an_unknown_or_absent_role_is_the_least_one() {
    let project = Project::default();
    for role in [json!("emperor"), json!(null), json!(7)] {
        let token = project.signed(&with(json!({ "user_role": role })));
        let user = user(&verifier(&project, None), &token, NOW).await.unwrap();
        assert_eq!(user.role(), Role::Viewer, "{role}");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_audience_or_database_role_is_rejected() {
    let project = Project::default();
    for changes in [
        json!({ "iss": "https://evil.supabase.co/auth/v1" }),
        json!({ "aud": "other" }),
        json!({ "role": "service_role" }),
        json!({ "role": "anon" }),
        json!({ "sub": "not a uuid" }),
    ] {
        assert_eq!(
            refusal(&project, &project.signed(&with(changes.clone()))).await,
            INVALID,
            "{changes}"
        );
    }
}

#[tokio::test]
async fn a_token_that_lacks_a_claim_is_rejected() {
    let project = Project::default();
    for name in ["iss", "aud", "sub", "exp", "role"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(refusal(&project, &project.signed(&claims)).await, INVALID, "{name}");
    }
}

#[tokio::test]
async fn expiry_and_start_have_30_seconds_of_leeway() {
    let project = Project::default();
    for (changes, good) in [
        (json!({ "exp": NOW - 29 }), true),
        (json!({ "exp": NOW - 30 }), false),
        (json!({ "nbf": NOW + 30 }), true),
        (json!({ "nbf": NOW + 31 }), false),
    ] {
        let token = project.signed(&with(changes.clone()));
        let user = user(&verifier(&project, None), &token, NOW).await;
        assert_eq!(user.is_ok(), good, "{changes}");
    }
}

#[tokio::test]
async fn the_header_does_not_choose_the_algorithm_or_the_key() {
    let project = Project::default();
    let none = unsigned(&json!({ "alg": "none", "kid": KEY_ID }), &claims());
    assert_eq!(refusal(&project, &format!("{none}.")).await, INVALID);
    for header in [
        json!({ "alg": "RS256", "kid": KEY_ID }),
        json!({ "alg": "HS256", "kid": KEY_ID }),
        json!({ "alg": "HS256", "kid": "oct-1" }),
        json!({ "alg": "ES256", "kid": "../../etc/passwd" }),
        json!({ "alg": "ES256", "kid": "' or 1=1 --" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "ES256", "jku": "https://evil.example/jwks.json" }),
        json!({ "alg": "ES256", "kid": "unknown", "jwk": project.jwks()["keys"][2] }),
    ] {
        assert_eq!(
            refusal(&project, &project.token(&header, &claims())).await,
            INVALID,
            "{header}"
        );
    }
}

/// Signs with a shared secret.
fn shared_secret(header: &Value, secret: &[u8]) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let signed = unsigned(header, &claims());
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    format!(
        "{signed}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()))
    )
}

#[tokio::test]
async fn a_public_or_published_key_is_no_shared_secret() {
    let project = Project::default();
    let public = project.public_key();
    let oct = b"a shared secret of 32 bytes, ok!!".as_slice();
    for (kid, secret) in [(KEY_ID, public.as_slice()), ("oct-1", oct)] {
        let token = shared_secret(&json!({ "alg": "HS256", "kid": kid }), secret);
        assert_eq!(refusal(&project, &token).await, INVALID, "{kid}");
    }
}

#[tokio::test]
async fn a_legacy_secret_counts_only_when_it_is_configured() {
    let project = Project::default();
    let legacy = SecretString::from("legacy secret of the project, long");
    // Hosted projects name the secret, and publish it nowhere.
    for header in [json!({ "alg": "HS256" }), json!({ "alg": "HS256", "kid": "7rX0cYwWm1qk2z9u" })]
    {
        let token = shared_secret(&header, b"legacy secret of the project, long");
        assert_eq!(refusal(&project, &token).await, INVALID);
        assert!(user(&verifier(&project, Some(&legacy)), &token, NOW).await.is_ok(), "{header}");
    }
    let auth = verifier(&project, Some(&legacy));
    assert!(
        user(&auth, &project.signed(&claims()), NOW).await.is_ok(),
        "the published keys count as well"
    );
    let token = shared_secret(&json!({ "alg": "HS256", "kid": KEY_ID }), &project.public_key());
    assert_eq!(user(&auth, &token, NOW).await.unwrap_err().code(), "invalid_token");
}

#[tokio::test]
async fn another_key_with_the_same_id_proves_nothing() {
    let (project, thief) = (Project::default(), Project::default());
    assert_eq!(refusal(&project, &thief.signed(&claims())).await, INVALID);
}

#[tokio::test]
async fn an_anonymous_sign_in_is_forbidden() {
    let project = Project::default();
    assert_eq!(
        refusal(&project, &project.signed(&with(json!({ "is_anonymous": true })))).await,
        (403, "forbidden")
    );
}

#[tokio::test]
async fn a_malformed_authorization_header_is_rejected() {
    let project = Project::default();
    let auth = verifier(&project, None);
    let token = project.signed(&claims());
    let huge = format!("Bearer {}", "x".repeat(9000));
    for value in [
        format!("Basic {token}"),
        format!("Bearer {token},Bearer {token}"),
        "Bearer".to_owned(),
        huge,
    ] {
        let problem = caller(&auth, Some(&value), NOW).await.expect_err("it must be refused");
        assert_eq!(problem.code(), "invalid_token");
    }
}

#[tokio::test]
async fn a_flood_of_unknown_key_ids_costs_one_fetch_in_half_a_minute() {
    let project = Project::default();
    let auth = verifier(&project, None);
    user(&auth, &project.signed(&claims()), NOW).await.unwrap();
    for id in 0..50 {
        let token =
            project.token(&json!({ "alg": "ES256", "kid": format!("made-up-{id}") }), &claims());
        user(&auth, &token, NOW + 1).await.expect_err("it must be refused");
    }
    assert_eq!(project.fetches(), 1);
    let token = project.token(&json!({ "alg": "ES256", "kid": "made-up" }), &claims());
    user(&auth, &token, NOW + 31).await.expect_err("it must be refused");
    assert_eq!(project.fetches(), 2);
}

#[tokio::test]
async fn stale_keys_prove_tokens_while_the_endpoint_is_down() {
    let project = Project::default();
    let auth = verifier(&project, None);
    user(&auth, &project.signed(&claims()), NOW).await.unwrap();
    project.shut_down();
    let later = NOW + 700;
    assert!(user(&auth, &project.signed(&with(json!({ "iat": NOW + 1 }))), later).await.is_ok());
    assert_eq!(project.fetches(), 2);
}

#[tokio::test]
async fn a_token_is_not_rejected_while_no_keys_can_be_fetched() {
    let project = Project::default();
    project.shut_down();
    assert_eq!(refusal(&project, &project.signed(&claims())).await, (503, "upstream_unavailable"));
}

#[tokio::test]
async fn a_cached_token_expires() {
    let project = Project::default();
    let auth = verifier(&project, None);
    let token = project.signed(&with(json!({ "exp": NOW + 10 })));
    assert!(user(&auth, &token, NOW).await.is_ok());
    assert!(user(&auth, &token, NOW + 41).await.is_err());
}
