//! The variables of the template are those the code reads: with them a function starts, and it does
//! not without.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use support::template::{self, Function};
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    process::{Child, Command},
};

/// Those with a default, or that only some deployments have.
const OPTIONAL: [&str; 16] = [
    "CACHE_MEGABYTES",
    "CACHE_SECONDS",
    "LOG_LEVEL",
    "MARKET_DATA_CSV_DAILY_CALLS",
    "MARKET_DATA_CSV_RATE",
    "MARKET_DATA_CSV_URL",
    "MCP_ORIGINS",
    "N8N_PRIVATE_URL",
    "PUBLIC_URL",
    "REDIS_URL",
    "SUPABASE_JWT_SECRET",
    "SUPABASE_READ_URL",
    "TIINGO_DAILY_CALLS",
    "TIINGO_RATE",
    "TIINGO_TOKEN",
    "TIINGO_URL",
];
/// Generous: a start takes milliseconds, but the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) type Environment = BTreeMap<String, String>;

/// What became of a start.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// It asked for work: this line of HTTP.
    Asked(String),
    /// It ended, and said this on standard error.
    Ended(String),
}

#[tokio::test]
async fn every_function_starts_with_the_variables_of_the_template() {
    for function in template::functions() {
        let started = start(&function, &environment(&function.variables())).await;
        let asks = Start::Asked("GET /2018-06-01/runtime/invocation/next HTTP/1.1".to_owned());
        assert_eq!(started, asks, "{}", function.folder());
    }
}

#[tokio::test]
async fn a_function_without_one_of_its_variables_ends_and_names_it() {
    for function in template::functions() {
        let variables = function.variables();
        for missing in variables.iter().filter(|name| !OPTIONAL.contains(&name.as_str())) {
            let mut environment = environment(&variables);
            environment.remove(missing);
            match start(&function, &environment).await {
                Start::Ended(error) => {
                    assert!(
                        error.contains(&format!("\"{missing}\"")),
                        "{} without {missing}: {error}",
                        function.id
                    );
                }
                Start::Asked(_) => panic!(
                    "{} does not need {missing}: template.yaml should not give it",
                    function.id
                ),
            }
        }
    }
}

#[test]
fn every_function_knows_each_of_its_variables() {
    for function in template::functions() {
        let program = fs::read(program(&function)).unwrap();
        let mut unknown = function.variables();
        unknown.retain(|name| !program.windows(name.len()).any(|it| it == name.as_bytes()));
        assert!(unknown.is_empty(), "{} does not read {unknown:?}", function.folder());
    }
}

/// Starts a function and waits until it asks for work or ends.
pub(super) async fn start(function: &Function, environment: &Environment) -> Start {
    let runtime_api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut child = Command::new(program(function))
        .env_clear()
        .envs(environment)
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.local_addr().unwrap().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let settled = async {
        tokio::select! {
            line = first_line(&runtime_api) => Start::Asked(line),
            error = ended(&mut child) => Start::Ended(error),
        }
    };
    tokio::time::timeout(PATIENCE, settled)
        .await
        .unwrap_or_else(|_| panic!("{} neither starts nor ends", function.id))
}

async fn first_line(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(request).unwrap().trim_end().to_owned()
}

async fn ended(child: &mut Child) -> String {
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).await.unwrap();
    let status = child.wait().await.unwrap();
    assert!(!status.success(), "it ended without an error");
    error
}

fn program(function: &Function) -> PathBuf {
    // target/debug, next to the folder of this test.
    let folder = std::env::current_exe()
        .unwrap()
        .parent()
        .and_then(|deps| deps.parent())
        .unwrap()
        .to_owned();
    let program = folder.join(function.folder());
    assert!(program.is_file(), "{} is missing: cargo build --workspace --bins", program.display());
    program
}

/// A value for each variable, and what Lambda itself gives.
pub(super) fn environment(variables: &BTreeSet<String>) -> Environment {
    let lambda = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_NAME", "test"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "test"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "test"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_SESSION_TOKEN", "test"),
    ];
    let given = variables.iter().map(|name| (name.as_str(), value(name)));
    lambda
        .into_iter()
        .chain(given)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn value(name: &str) -> &'static str {
    match name {
        "ANALYSES_PER_DAY" => "100",
        "BENCHMARK_PROVIDER" => "tiingo",
        "BENCHMARK_SYMBOL" => "SPY",
        "CACHE_MEGABYTES" => "16",
        "CACHE_SECONDS" => "60",
        "LOG_LEVEL" => "info",
        // In place of `N8N_BASE_URL`.
        "N8N_PRIVATE_URL" => "",
        "MARKET_DATA_PROVIDERS" => "tiingo,csv",
        "MARKET_DATA_CSV_URL" => "https://bars.example.com/{symbol}.csv",
        // Only a build with the feature `redis` has a use for it.
        "REDIS_URL" => "",
        "RECONCILE_INTERVAL" => "336h",
        "REFRESH_INTERVAL" => "20h",
        "SIGNING_KEYS" => "0123456789abcdef0123456789abcdef",
        "WEBHOOK_SECRETS" => "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        _ if name.ends_with("_DAILY_CALLS") => "1000",
        _ if name.ends_with("_RATE") => "50/h",
        _ if name.ends_with("_URL") => "https://service.example.com",
        _ => "0123456789abcdef0123456789abcdef",
    }
}
