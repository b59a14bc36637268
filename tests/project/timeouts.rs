//! Timeouts add up: a function has the time for all calls of its longest path, and queues and
//! leases have the time for a function.

use std::time::Duration;

use dispatch_analysis::n8n;
use shared::{queue, store};
use support::template::{self, Function, pairs, text, yaml};

/// Lambda's deadline less this is that of the calls: see `Deadline::of`.
const RESERVE: Duration = Duration::from_millis(500);
/// The least number of timeouts of a function in the visibility timeout of its queue: AWS advises.
const TIMEOUTS_PER_VISIBILITY: u32 = 6;

/// The sum of the timeouts of the calls that one invocation makes one after another, at most.
///
/// Calls that the next run or a redelivery repeats need no time: those of a loop that checks the
/// time left before each round count as one round.
fn longest(function: &str) -> Duration {
    let (store, queue) = (store::TIMEOUT, queue::TIMEOUT);
    match function {
        "get-docs" | "list-metric-definitions" | "reject-unknown" => Duration::ZERO,
        // Its probes run at the same time.
        "get-health" => store.max(queue),
        "get-chart" | "get-metric-history" | "get-metrics" | "get-stock" | "list-metrics"
        | "list-stocks" | "expire-analyses" => store,
        "get-analysis" => jwks() + store,
        // The second call marks the message as sent.
        "create-analysis" | "serve-mcp" => jwks() + store + queue + store,
        // Read, accept, read again, end or raise the progress.
        "receive-callback" => store * 4,
        // Read, find the workflow and begin; call; then read, leave a dead letter and end.
        "dispatch-analysis" => store * 3 + n8n::TIMEOUT + store + queue + store,
        "relay-outbox" => relay_outbox::RESERVE,
        // Batches of messages that do not fit are sent by a later run or by relay-outbox.
        "plan-refresh" | "receive-refresh-request" => store + queue + store,
        // Read, ask the providers; then read and apply, which have a reserve of their own.
        "refresh-symbol" => store + providers() + apply(),
        _ => panic!("list the calls of {function} here"),
    }
}

/// Limits that only their own modules use, as written there.
fn jwks() -> Duration {
    written("shared/src/auth/jwks.rs", "timeout: Duration::from_secs(")
}

fn providers() -> Duration {
    written("functions/market/refresh-symbol/src/providers/fetch.rs", "The worst case is ")
}

fn apply() -> Duration {
    written(
        "functions/market/refresh-symbol/src/refresh.rs",
        "APPLY: Duration = Duration::from_secs(",
    )
}

/// The seconds after these words in a file.
fn written(path: &str, before: &str) -> Duration {
    let source = text(path);
    let (_, rest) = source.split_once(before).unwrap_or_else(|| panic!("{before} in {path}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Duration::from_secs(digits.parse().unwrap())
}

fn seconds(value: &yaml_rust2::Yaml) -> Duration {
    Duration::from_secs(value.as_i64().unwrap().try_into().unwrap())
}

fn timeout(function: &Function) -> Duration {
    let own = &function.properties["Timeout"];
    if own.is_badvalue() {
        seconds(&yaml("template.yaml")["Globals"]["Function"]["Timeout"])
    } else {
        seconds(own)
    }
}

#[test]
fn every_function_has_the_time_for_all_its_calls() {
    for function in template::functions() {
        let (needs, has) = (longest(&function.folder()) + RESERVE, timeout(&function));
        assert!(needs <= has, "{} needs {needs:?} and has {has:?}", function.folder());
    }
}

#[test]
fn a_message_stays_invisible_while_it_is_handled() {
    let resources = &yaml("template.yaml")["Resources"];
    for function in template::functions() {
        for (_, event) in pairs(&function.properties["Events"]) {
            let Some(queue) = event["Properties"]["Queue"].as_str() else { continue };
            let queue = &resources[queue.trim_end_matches(".Arn")]["Properties"];
            let visibility = seconds(&queue["VisibilityTimeout"]);
            assert!(
                visibility >= timeout(&function) * TIMEOUTS_PER_VISIBILITY,
                "{} and {visibility:?}",
                function.folder()
            );
        }
    }
}

#[test]
fn a_run_of_a_schedule_ends_before_the_next_one() {
    for job in [expire_analyses::JOB, plan_refresh::JOB, relay_outbox::JOB] {
        assert!(job.timeout < job.every, "{}", job.id);
    }
}

#[test]
fn a_lease_outlives_the_invocation_that_took_it() {
    let lease = Duration::try_from(dispatch_analysis::LEASE).unwrap();
    assert!(lease >= dispatch_analysis::WORK.timeout);
}

/// `claimed_until` of a new row and of a claimed one, in SQL.
#[test]
fn a_claim_on_the_outbox_outlives_the_call_that_sends_the_message() {
    let migrations = "infra/supabase/migrations";
    let creator = written(
        &format!("{migrations}/20261125091300_analysis_functions.sql"),
        "v_event.occurred_at + interval '",
    );
    assert!(creator >= queue::TIMEOUT + store::TIMEOUT, "{creator:?}");
    let outbox = text(&format!("{migrations}/20261125091100_outbox.sql"));
    assert!(outbox.contains("set claimed_until = now() + interval '1 minute'"));
    assert!(relay_outbox::JOB.timeout < Duration::from_mins(1));
}
