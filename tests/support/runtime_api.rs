//! A Lambda sandbox on this machine: a Runtime API and the bootstrap process that talks to it.
//!
//! One [`Sandbox`] is one process with a Runtime API of its own, so tests and measurements can
//! start several, and kill and replace one between two steps.

mod api;

use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use api::RuntimeApi;

/// A program and its environment.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The program, as in a deployment package: `<dir>/<function>/bootstrap`.
    pub bootstrap: PathBuf,
    /// Its whole environment except the variables of Lambda itself; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// The target of its standard output and error.
    pub logs: fn() -> Stdio,
}

/// An invocation without a response.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The function reported an error, which API Gateway turns into a 5xx.
    #[error("the function failed: {}", String::from_utf8_lossy(.0))]
    Failed(Bytes),
    /// The process ended first, killed or crashed.
    #[error("the process ended: {0}")]
    Ended(ExitStatus),
}

/// A running bootstrap. Dropping it kills the process.
#[derive(Debug)]
pub struct Sandbox {
    api: Arc<RuntimeApi>,
    pid: u32,
    spawned: Instant,
    stop: Arc<Notify>,
    ended: watch::Receiver<Option<ExitStatus>>,
    tasks: [JoinHandle<()>; 2],
}

impl Sandbox {
    /// Starts the bootstrap without waiting until it is ready: see [`Sandbox::ready`].
    ///
    /// # Errors
    /// The Runtime API cannot listen, or the program cannot be started.
    pub async fn start(launch: &Launch) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let api = Arc::new(RuntimeApi::default());
        let server = tokio::spawn(Arc::clone(&api).serve(listener));

        let mut command = command(launch);
        command.env("AWS_LAMBDA_RUNTIME_API", address.to_string());
        let spawned = Instant::now();
        let child = command.spawn()?;
        let pid = child.id().unwrap_or_default();

        let stop = Arc::new(Notify::new());
        let (report, ended) = watch::channel(None);
        let watcher = tokio::spawn(watch_child(child, Arc::clone(&stop), report));
        Ok(Self { api, pid, spawned, stop, ended, tasks: [server, watcher] })
    }

    /// Time from the start of the process to its first request for work.
    ///
    /// # Errors
    /// The process ended instead.
    pub async fn ready(&self) -> Result<Duration, InvokeError> {
        tokio::select! {
            at = self.api.ready() => Ok(at - self.spawned),
            status = self.ended() => Err(InvokeError::Ended(status)),
        }
    }

    /// Sends one event and waits for its response.
    ///
    /// # Errors
    /// The function reported an error, or the process ended without a response.
    pub async fn invoke(&self, event: &Value) -> Result<Bytes, InvokeError> {
        let reply = self.api.push(Bytes::from(event.to_string()));
        tokio::select! {
            biased;
            Ok(reply) = reply => reply.map_err(InvokeError::Failed),
            status = self.ended() => Err(InvokeError::Ended(status)),
        }
    }

    /// Time since the process was started.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.spawned.elapsed()
    }

    /// The peak memory of the process so far, in bytes.
    ///
    /// # Errors
    /// The process is gone, or this is not Linux.
    pub fn peak_memory(&self) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .and_then(|kib| kib.parse::<u64>().ok())
            .ok_or_else(|| io::Error::other("no VmHWM in the process's status"))?;
        Ok(kib * 1024)
    }

    /// Time on a processor so far, of all its threads.
    ///
    /// # Errors
    /// The process is gone, or this is not Linux.
    pub fn processor_time(&self) -> io::Result<Duration> {
        let mut nanoseconds = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let times = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            let first = times.split(' ').next().and_then(|time| time.parse::<u64>().ok());
            nanoseconds += first.ok_or_else(|| io::Error::other("no time in schedstat"))?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Kills the process at once, as Lambda does after a timeout.
    pub async fn kill(&self) -> ExitStatus {
        self.stop.notify_one();
        self.ended().await
    }

    async fn ended(&self) -> ExitStatus {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await.map(|status| *status);
        status.ok().flatten().unwrap_or_default()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort(); // ends the child as well: `kill_on_drop`
        }
    }
}

/// Owns the process until it ends or is stopped, and reports its status.
async fn watch_child(
    mut child: Child,
    stop: Arc<Notify>,
    report: watch::Sender<Option<ExitStatus>>,
) {
    let status = tokio::select! {
        status = child.wait() => status,
        () = stop.notified() => match child.kill().await {
            Ok(()) => child.wait().await,
            Err(error) => Err(error),
        },
    };
    report.send_replace(Some(status.unwrap_or_default()));
}

/// The command with the environment of a Lambda function.
fn command(launch: &Launch) -> Command {
    let mut command = Command::new(&launch.bootstrap);
    let name = launch.bootstrap.parent().and_then(|folder| folder.file_name());
    command
        .env_clear()
        .env("AWS_LAMBDA_FUNCTION_NAME", name.unwrap_or_default())
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "local")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .envs(launch.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout((launch.logs)())
        .stderr((launch.logs)())
        .kill_on_drop(true);
    command
}
