//! Starting bootstraps and taking their figures.

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use support::template;
use support::{
    event_json,
    runtime_api::{Launch, Sandbox},
    stack::Stack,
};

use crate::{requests::Requests, rounds::Rounds};

pub(crate) const EMPTY: &str = "empty-function";
const ROUNDS: usize = 3;
/// Processes of each bootstrap in each round.
const PROCESSES: usize = 7;
/// Warm invocations in each process: as many as fit into both.
const WARM: usize = 100;
const WARM_TIME: Duration = Duration::from_millis(300);

/// One bootstrap's figures: milliseconds and megabytes.
#[derive(Debug)]
pub(crate) struct Measured {
    pub name: String,
    pub uses_sdk: bool,
    /// Whether a caller waits for its response.
    pub is_route: bool,
    pub size: f64,
    pub ready: Rounds,
    pub first: Rounds,
    pub warm: Rounds,
    pub memory: Rounds,
}

/// The environment and the requests of functions: as deployed, on the running stack.
#[derive(Debug)]
pub(crate) struct Bench {
    pub requests: Requests,
    env: Vec<(String, String)>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every function, in the order of their names.
pub(crate) fn functions() -> Vec<String> {
    template::places().into_keys().collect()
}

fn uses_sdk(name: &str) -> bool {
    let places = template::places();
    let Some(context) = places.get(name) else { return false };
    template::text(&format!("functions/{context}/{name}/Cargo.toml")).contains("aws-sdk = true")
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let stack = Stack::running();
        let requests = Requests::new(&stack).await;
        let env = environment(&stack, &requests.queue);
        Self { requests, env }
    }

    /// `BOOTSTRAPS` names another folder than the one `make build` fills.
    pub(crate) fn launch(&self, name: &str) -> Launch {
        let folder = std::env::var_os("BOOTSTRAPS")
            .map_or_else(|| root().join("target/lambda"), PathBuf::from);
        let bootstrap = folder.join(name).join("bootstrap");
        assert!(bootstrap.is_file(), "{} is missing: run `make build`", bootstrap.display());
        Launch { bootstrap, env: self.env.clone(), logs: Stdio::null }
    }

    /// Measures the bootstraps in turn, so that a slow moment of the machine meets them all.
    pub(crate) async fn all(&self, names: &[String]) -> Vec<Measured> {
        let mut all: Vec<_> = names.iter().map(|name| self.unmeasured(name)).collect();
        for _ in 0..ROUNDS {
            let mut samples = vec![<[Vec<f64>; 4]>::default(); names.len()];
            for _ in 0..PROCESSES {
                for (name, sample) in names.iter().zip(&mut samples) {
                    for (values, value) in sample.iter_mut().zip(self.once(name).await) {
                        values.push(value);
                    }
                }
            }
            for (measured, sample) in all.iter_mut().zip(samples) {
                measured.add(sample.map(median));
            }
        }
        all
    }

    /// Ready, first response, warm response (milliseconds) and peak memory (megabytes).
    async fn once(&self, name: &str) -> [f64; 4] {
        let event = self.event(name);
        let sandbox = Sandbox::start(&self.launch(name)).await.unwrap();
        let ready = sandbox.ready().await.unwrap();
        let reply = sandbox.invoke(&event).await.unwrap();
        let first = sandbox.age();
        assert_handled(name, &reply);
        let warm = warm(&sandbox, &event).await;
        let memory = sandbox.peak_memory().unwrap();
        sandbox.kill().await;
        [ready.as_secs_f64() * 1e3, first.as_secs_f64() * 1e3, warm, memory as f64 / 1e6]
    }

    /// The empty function gets the request of the hottest path.
    fn event(&self, name: &str) -> Value {
        self.requests.of(if name == EMPTY { "get-metrics" } else { name })
    }

    fn unmeasured(&self, name: &str) -> Measured {
        Measured {
            name: name.to_owned(),
            uses_sdk: uses_sdk(name),
            is_route: name != EMPTY && event_json(name)["requestContext"].is_object(),
            size: std::fs::metadata(self.launch(name).bootstrap).unwrap().len() as f64 / 1e6,
            ready: Rounds::default(),
            first: Rounds::default(),
            warm: Rounds::default(),
            memory: Rounds::default(),
        }
    }
}

impl Measured {
    /// Adds the medians of one round.
    fn add(&mut self, [ready, first, warm, memory]: [f64; 4]) {
        self.ready.push(ready);
        self.first.push(first);
        self.warm.push(warm);
        self.memory.push(memory);
    }
}

/// A rejected request is quick and would make the function look quick. An unknown id is not
/// rejected: it is looked up.
fn assert_handled(name: &str, reply: &[u8]) {
    let reply: Value = serde_json::from_slice(reply).unwrap();
    let status = reply["statusCode"].as_u64().unwrap_or(200);
    let refused = [400, 401, 403].contains(&status) || status >= 500;
    assert!(
        !refused && reply["batchItemFailures"].as_array().is_none_or(Vec::is_empty),
        "{name} responded {reply}"
    );
}

/// The median time of a warm invocation, in milliseconds.
async fn warm(sandbox: &Sandbox, event: &Value) -> f64 {
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.is_empty() || (times.len() < WARM && start.elapsed() < WARM_TIME) {
        let begin = Instant::now();
        sandbox.invoke(event).await.unwrap();
        times.push(millis(begin));
    }
    median(times)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

pub(crate) fn millis(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

fn environment(stack: &Stack, queue: &str) -> Vec<(String, String)> {
    let signing_keys: Vec<&str> =
        stack.about["signing_keys"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let pairs = [
        ("ANALYSES_PER_DAY", "1000000".to_owned()),
        ("SUPABASE_URL", stack.get("base_url").to_owned()),
        ("SUPABASE_PUBLISHABLE_KEY", stack.get("publishable_key").to_owned()),
        ("SUPABASE_SECRET_KEY", stack.get("secret_key").to_owned()),
        ("SIGNING_KEYS", signing_keys.join(",")),
        ("WEBHOOK_SECRETS", stack.get("webhook_secret").to_owned()),
        ("N8N_BASE_URL", format!("{}/webhook", stack.get("standin_url"))),
        ("CALLBACK_URL", format!("{}/hooks/receive-callback", stack.get("base_url"))),
        ("ANALYSES_QUEUE_URL", queue.to_owned()),
        ("ANALYSES_DEAD_LETTER_QUEUE_URL", queue.to_owned()),
        ("REFRESHES_QUEUE_URL", queue.to_owned()),
        ("BENCHMARK_PROVIDER", "csv".to_owned()),
        ("BENCHMARK_SYMBOL", "SPX".to_owned()),
        ("RECONCILE_INTERVAL", "336h".to_owned()),
        ("REFRESH_INTERVAL", "20h".to_owned()),
        ("MARKET_DATA_PROVIDERS", "csv".to_owned()),
        ("MARKET_DATA_CSV_URL", format!("{}/bars/{{symbol}}.csv", stack.get("standin_url"))),
        ("AWS_ENDPOINT_URL", stack.get("ministack_url").to_owned()),
        ("AWS_REGION", stack.get("region").to_owned()),
        ("AWS_ACCESS_KEY_ID", stack.get("aws_access_key_id").to_owned()),
        ("AWS_SECRET_ACCESS_KEY", stack.get("aws_secret_access_key").to_owned()),
        ("LOG_LEVEL", "info".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}
