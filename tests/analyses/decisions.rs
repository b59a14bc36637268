//! The decisions of the state machine.

use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use support::template;
use uuid::Uuid;

use analyses::*;
use dispatch_analysis::{LEASE, backoff::backoff, decide::*};
use receive_callback::callback::*;

const HOUR: i64 = 3600;
/// The last attempt begins this long after the request.
const LAST: i64 = 23 * HOUR + 1800;
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn analysis(status: Status, attempts: u32, lease_until: Option<i64>) -> Analysis {
    Analysis {
        id: AnalysisId::generate(),
        symbol: "AAPL".to_owned(),
        workflow: "stock-analysis".to_owned(),
        parameters: RawValue::from_string("{}".to_owned()).unwrap(),
        status,
        version: 1,
        attempts,
        earlier_attempts: 0,
        lease_until: lease_until.map(at),
        queued_at: at(0),
        dispatched_at: None,
        error: None,
        traceparent: None,
    }
}

fn callback(json: &str) -> Callback {
    serde_json::from_str(json).unwrap()
}

/// The effect of a callback of the run of the first call.
fn applied(analysis: &Analysis, json: &str) -> Effect {
    apply_callback(analysis, &callback(json), 1).unwrap()
}

const PROGRESS: &str = r#"{
    "type": "analysis.progress",
    "analysis_id": "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47",
    "execution_id": "7",
    "progress": 40
}"#;
const SUCCESS: &str = r#"{
    "type": "analysis.succeeded",
    "analysis_id": "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47",
    "result": {"verdict": "neutral"}
}"#;

fn plan(analysis: &Analysis, second: i64) -> Dispatch {
    plan_dispatch(analysis, None, at(second), LEASE)
}

fn attempt(number: u32) -> Attempt {
    let (lease_until, last_at) = (at(100 + LEASE.as_secs()), at(LAST));
    Attempt { number, of_day: number, lease_until, last_at }
}

#[test]
fn a_requested_analysis_gets_its_first_call() {
    let requested = analysis(Status::Requested, 0, None);
    assert_eq!(plan(&requested, 100), Dispatch::Call(attempt(1)));
}

#[test]
fn a_second_delivery_is_delayed_until_the_live_lease_ends() {
    let called = analysis(Status::Dispatched, 1, Some(112));
    assert_eq!(plan(&called, 100), Dispatch::Wait(SignedDuration::from_secs(12)));
}

#[test]
fn after_a_crash_the_lease_runs_out_and_the_call_is_repeated() {
    let interrupted = analysis(Status::Dispatched, 1, Some(100));
    assert_eq!(plan(&interrupted, 100), Dispatch::Call(attempt(2)));
}

#[test]
fn an_interrupted_last_attempt_is_given_up() {
    let mut interrupted = analysis(Status::Dispatched, 9, Some(LAST + 70));
    interrupted.dispatched_at = Some(at(LAST + 5));
    assert_eq!(plan(&interrupted, LAST + 70), Dispatch::GiveUp("The last call was interrupted."));
}

#[test]
fn a_late_message_is_still_called_once_within_the_day() {
    let requested = analysis(Status::Requested, 0, None);
    assert!(matches!(plan(&requested, LAST + 60), Dispatch::Call(_)));
    assert!(matches!(plan(&requested, 24 * HOUR), Dispatch::GiveUp(_)));
}

#[test]
fn attempts_of_a_redriven_analysis_go_on_and_begin_with_short_delays() {
    let redriven = Analysis { earlier_attempts: 9, ..analysis(Status::Requested, 9, None) };
    let Dispatch::Call(first) = plan(&redriven, 100) else { panic!("no call") };
    assert_eq!((first.number, first.of_day), (10, 1));
}

fn failed(code: &str) -> Analysis {
    let error = Some(Failure { code: code.to_owned(), message: String::new() });
    Analysis { error, ..analysis(Status::Failed, 9, None) }
}

/// The decision on a dead letter.
fn redriven(analysis: &Analysis) -> Dispatch {
    plan_dispatch(analysis, Some(Uuid::from_u128(7)), at(100), LEASE)
}

#[test]
fn only_an_undeliverable_or_expired_analysis_is_redriven() {
    let id = Uuid::from_u128(7);
    for ended in [failed("undeliverable"), analysis(Status::Expired, 1, None)] {
        assert_eq!(redriven(&ended), Dispatch::Redrive(id), "{:?}", ended.status);
        assert_eq!(plan(&ended, 100), Dispatch::Nothing, "{:?}", ended.status);
    }
    for status in [Status::Accepted, Status::Succeeded, Status::Cancelled] {
        assert_eq!(redriven(&analysis(status, 1, None)), Dispatch::Nothing, "{status:?}");
    }
    assert_eq!(redriven(&failed("rejected")), Dispatch::Nothing);
}

#[test]
fn a_dead_letter_of_an_analysis_that_has_not_ended_continues_it() {
    let interrupted = analysis(Status::Dispatched, 1, Some(99));
    assert_eq!(redriven(&interrupted), Dispatch::Call(attempt(2)));
}

#[test]
fn a_running_or_finished_analysis_needs_no_call() {
    for status in
        [Status::Accepted, Status::Succeeded, Status::Failed, Status::Cancelled, Status::Expired]
    {
        assert_eq!(plan(&analysis(status, 1, None), 100), Dispatch::Nothing, "{status:?}");
    }
}

fn failure(http_status: Option<u16>) -> CallFailure {
    let detail = "It failed.".to_owned();
    CallFailure { cause: "answered", detail, http_status, retry_after: None }
}

fn settled(number: u32, outcome: CallOutcome) -> Next {
    settle(attempt(number), outcome, SignedDuration::from_millis(40), at(101), 0.5)
}

#[test]
fn an_accepted_call_is_recorded_with_its_execution_id() {
    let execution_id = ExecutionId::try_from(serde_json::Value::from("7")).ok();
    let next = settled(1, CallOutcome::Accepted { execution_id, http_status: 202 });
    let Next::Done(Event::Accepted { execution_id }) = next else { panic!("{next:?}") };
    assert_eq!(execution_id.as_deref(), Some("7"));
}

#[test]
fn a_temporary_failure_is_retried_after_a_backoff() {
    let next = settled(2, CallOutcome::Unavailable(failure(Some(500))));
    let Next::Retry(
        Event::AttemptFailed { attempt, http_status, duration_ms, next_attempt_at, .. },
        wait,
    ) = next
    else {
        panic!("{next:?}");
    };
    assert_eq!((attempt, http_status, duration_ms), (2, Some(500), 40));
    assert_eq!(wait.as_secs(), 20);
    assert_eq!(next_attempt_at, at(121));
}

#[test]
fn a_permanent_failure_ends_the_analysis() {
    let next = settled(1, CallOutcome::Refused(failure(Some(422))));
    assert!(matches!(next, Next::Done(Event::Failed { code, .. }) if code == "rejected"));
}

/// The end of a failed call that ends at this second.
fn failed_at(number: u32, second: i64, retry_after: Option<i64>, chance: f64) -> Next {
    let retry_after = retry_after.map(SignedDuration::from_secs);
    let outcome = CallOutcome::Unavailable(CallFailure { retry_after, ..failure(None) });
    settle(attempt(number), outcome, SignedDuration::from_secs(1), at(second), chance)
}

#[test]
fn an_analysis_is_undeliverable_after_its_last_failed_attempt() {
    let next = failed_at(9, LAST + 1, None, 0.5);
    let Next::GiveUp(reason) = next else { panic!("{next:?}") };
    assert_eq!(reason, "It failed.");
}

#[test]
fn retry_after_delays_the_next_attempt_and_shortens_no_delay() {
    for (retry_after, wait) in
        [(None, 5), (Some(2), 5), (Some(600), 600), (Some(90_000), LAST - 10)]
    {
        let next = failed_at(1, 10, retry_after, 0.5);
        let Next::Retry(_, delay) = next else { panic!("{next:?}") };
        assert_eq!(delay.as_secs(), wait, "{retry_after:?}");
    }
}

/// The seconds at which the attempts of an outage begin, and the receives of the message.
fn outage(chance: f64, retry_after: Option<i64>) -> (Vec<i64>, i64) {
    let (mut analysis, mut now) = (analysis(Status::Requested, 0, None), 0);
    let (mut attempts, mut receives) = (Vec::new(), 0);
    loop {
        receives += 1;
        let wait = match plan(&analysis, now) {
            Dispatch::Wait(wait) => wait.as_secs(),
            Dispatch::Call(attempt) => {
                attempts.push(now);
                (analysis.status, analysis.attempts) = (Status::Dispatched, attempt.number);
                analysis.dispatched_at = Some(at(now));
                match failed_at(attempt.number, now, retry_after, chance) {
                    Next::Retry(Event::AttemptFailed { next_attempt_at, .. }, wait) => {
                        analysis.lease_until = Some(next_attempt_at);
                        wait.as_secs()
                    }
                    _ => return (attempts, receives),
                }
            }
            other => panic!("{other:?}"),
        };
        now += wait.min(MAX_VISIBILITY);
    }
}

/// SQS makes a message visible again at most 12 hours after it was received.
const MAX_VISIBILITY: i64 = 12 * HOUR;

#[test]
fn attempts_go_on_for_a_day_and_the_last_one_is_at_its_end() {
    let (attempts, _) = outage(0.5, None);
    assert_eq!(attempts[..6], [0, 5, 25, 105, 405, 1305]);
    assert!(attempts[5..].windows(2).all(|pair| pair[1] - pair[0] <= 900), "{attempts:?}");
    assert_eq!(attempts.last(), Some(&LAST));
}

#[test]
fn the_queue_keeps_a_message_for_a_whole_outage() {
    let queue = &template::yaml("template.yaml")["Resources"]["AnalysesQueue"]["Properties"];
    let most = queue["RedrivePolicy"]["maxReceiveCount"].as_i64().unwrap();
    // In the worst case n8n is down, all delays are short, and the store is down for as long: then
    // every receive ends with the visibility timeout.
    let store_down = 24 * HOUR / queue["VisibilityTimeout"].as_i64().unwrap() + 1;
    for (chance, retry_after) in [(0.0, None), (0.5, None), (0.0, Some(86_400))] {
        let (attempts, receives) = outage(chance, retry_after);
        assert!(receives >= i64::try_from(attempts.len()).unwrap());
        assert!(receives + store_down <= most, "{receives} + {store_down} receives");
    }
    // A day of attempts may follow a day without the store.
    assert!(queue["MessageRetentionPeriod"].as_i64().unwrap() >= 2 * 24 * HOUR + MAX_VISIBILITY);
}

#[test]
fn progress_before_the_202_first_records_the_acceptance() {
    let effect = applied(&analysis(Status::Dispatched, 1, Some(130)), PROGRESS);
    let Effect::AppendFirst(Event::Accepted { execution_id }) = effect else {
        panic!("{effect:?}");
    };
    assert_eq!(execution_id.as_deref(), Some("7"));
    let effect = applied(&analysis(Status::Accepted, 1, None), PROGRESS);
    assert!(matches!(effect, Effect::Progress(40)));
}

/// Otherwise the workflow, which runs, would be called again.
#[test]
fn progress_without_an_execution_id_records_the_acceptance_too() {
    let report = PROGRESS.replace(r#""execution_id": "7","#, "");
    let effect = applied(&analysis(Status::Dispatched, 1, Some(130)), &report);
    assert!(matches!(effect, Effect::AppendFirst(Event::Accepted { execution_id: None })));
}

#[test]
fn a_callback_may_write_numbers_and_ids_as_n8n_does() {
    let report = PROGRESS.replace(r#""execution_id": "7""#, r#""executionId": 7"#);
    let report = callback(&report.replace("40", "40.0"));
    let effect = apply_callback(&analysis(Status::Accepted, 1, None), &report, 1).unwrap();
    assert!(matches!(effect, Effect::Progress(40)), "{effect:?}");
    let effect = apply_callback(&analysis(Status::Dispatched, 1, None), &report, 1).unwrap();
    let Effect::AppendFirst(Event::Accepted { execution_id }) = effect else {
        panic!("{effect:?}");
    };
    assert_eq!(execution_id.as_deref(), Some("7"));
}

#[test]
fn a_result_is_valid_before_and_after_the_202() {
    for status in [Status::Dispatched, Status::Accepted] {
        let effect = applied(&analysis(status, 1, None), SUCCESS);
        assert!(matches!(effect, Effect::Append(Event::Succeeded { .. })), "{status:?}");
    }
}

const FAILURE: &str = r#"{
    "type": "analysis.failed",
    "analysis_id": "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47",
    "error": {"code": "a", "message": "b"}
}"#;

#[track_caller]
fn assert_ignored(effect: &Effect) {
    assert!(
        matches!(effect, Effect::Append(Event::CallbackIgnored { attempt: 1, .. })),
        "{effect:?}"
    );
}

#[test]
fn a_result_after_the_end_is_recorded_and_ignored() {
    for status in [Status::Succeeded, Status::Failed, Status::Cancelled, Status::Expired] {
        for report in [SUCCESS, FAILURE] {
            assert_ignored(&applied(&analysis(status, 1, None), report));
        }
    }
}

#[test]
fn a_failure_of_a_superseded_run_is_recorded_and_ignored() {
    for status in [Status::Requested, Status::Dispatched, Status::Accepted] {
        assert_ignored(&applied(&analysis(status, 2, None), FAILURE));
    }
    // Redriven, but not called again.
    assert_ignored(&applied(&analysis(Status::Requested, 1, None), FAILURE));
}

#[test]
fn the_first_success_of_any_run_ends_the_analysis() {
    for status in [Status::Requested, Status::Dispatched, Status::Accepted] {
        let effect = applied(&analysis(status, 2, None), SUCCESS);
        assert!(matches!(effect, Effect::Append(Event::Succeeded { .. })), "{status:?}");
    }
}

#[test]
fn late_progress_is_not_stored() {
    for (status, attempts) in [
        (Status::Requested, 1),
        (Status::Dispatched, 2),
        (Status::Accepted, 2),
        (Status::Succeeded, 1),
        (Status::Failed, 1),
        (Status::Cancelled, 1),
        (Status::Expired, 1),
    ] {
        let effect = applied(&analysis(status, attempts, None), PROGRESS);
        assert!(matches!(effect, Effect::Ignore), "{status:?}: {effect:?}");
    }
}

#[test]
fn a_callback_without_the_fields_of_its_type_is_rejected() {
    let running = analysis(Status::Accepted, 1, None);
    let id = "019cade2-11c0-7c0a-9b5e-3f1d2a6b8c47";
    for (kind, rest, expected) in [
        ("analysis.progress", "", CallbackError::Progress),
        ("analysis.progress", r#","progress":101"#, CallbackError::Progress),
        ("analysis.progress", r#","progress":300"#, CallbackError::Progress),
        ("analysis.progress", r#","progress":-1.0"#, CallbackError::Progress),
        ("analysis.succeeded", "", CallbackError::Result),
        ("analysis.failed", "", CallbackError::Error),
    ] {
        let report = callback(&format!(r#"{{"type":"{kind}","analysis_id":"{id}"{rest}}}"#));
        assert_eq!(apply_callback(&running, &report, 1).unwrap_err(), expected, "{kind}{rest}");
    }
}

#[test]
fn the_backoff_grows_to_15_minutes() {
    let seconds = [1, 2, 3, 4, 5, 6, u32::MAX].map(|attempt| backoff(attempt, 0.5).as_secs());
    assert_eq!(seconds, [5, 20, 80, 300, 900, 900, 900]);
}

#[test]
fn jitter_changes_the_backoff_by_a_fifth() {
    assert_eq!(backoff(1, 0.0).as_millis(), 4_000);
    assert_eq!(backoff(1, 1.0).as_millis(), 6_000);
}
