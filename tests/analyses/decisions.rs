//! The decisions of the state machine.

use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use analyses::*;
use dispatch_analysis::{
    backoff::{MAX_ATTEMPTS, backoff},
    decide::*,
};
use receive_callback::callback::*;

const LEASE: SignedDuration = SignedDuration::from_secs(30);

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
        lease_until: lease_until.map(at),
        traceparent: None,
    }
}

fn callback(json: &str) -> Callback {
    serde_json::from_str(json).unwrap()
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

#[test]
fn a_requested_analysis_gets_its_first_call() {
    let plan = plan_dispatch(&analysis(Status::Requested, 0, None), at(100), LEASE);
    assert_eq!(plan, Dispatch::Call(Attempt { number: 1, lease_until: at(130) }));
}

#[test]
fn a_second_delivery_is_delayed_until_the_live_lease_ends() {
    let plan = plan_dispatch(&analysis(Status::Dispatched, 1, Some(112)), at(100), LEASE);
    assert_eq!(plan, Dispatch::Wait(SignedDuration::from_secs(12)));
}

#[test]
fn after_a_crash_the_lease_runs_out_and_the_call_is_repeated() {
    let plan = plan_dispatch(&analysis(Status::Dispatched, 1, Some(100)), at(100), LEASE);
    assert_eq!(plan, Dispatch::Call(Attempt { number: 2, lease_until: at(130) }));
}

#[test]
fn an_interrupted_last_attempt_is_given_up() {
    let plan = plan_dispatch(&analysis(Status::Dispatched, MAX_ATTEMPTS, Some(99)), at(100), LEASE);
    assert_eq!(plan, Dispatch::GiveUp);
}

#[test]
fn a_running_or_finished_analysis_needs_no_call() {
    for status in
        [Status::Accepted, Status::Succeeded, Status::Failed, Status::Cancelled, Status::Expired]
    {
        assert_eq!(
            plan_dispatch(&analysis(status, 1, None), at(100), LEASE),
            Dispatch::Nothing,
            "{status:?}"
        );
    }
}

fn failure(http_status: Option<u16>) -> CallFailure {
    CallFailure { cause: "answered", detail: "It failed.".to_owned(), http_status }
}

fn settled(number: u32, outcome: CallOutcome) -> Next {
    let attempt = Attempt { number, lease_until: at(130) };
    settle(attempt, outcome, SignedDuration::from_millis(40), at(101), 0.5)
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

#[test]
fn an_analysis_is_undeliverable_after_its_last_failed_attempt() {
    let next = settled(MAX_ATTEMPTS, CallOutcome::Unavailable(failure(None)));
    let Next::GiveUp(Event::Failed { code, message, .. }) = next else { panic!("{next:?}") };
    assert_eq!(code, "undeliverable");
    assert_eq!(message, "The workflow could not be started. It failed.");
}

#[test]
fn progress_before_the_202_first_records_the_acceptance() {
    let effect =
        apply_callback(&analysis(Status::Dispatched, 1, Some(130)), &callback(PROGRESS)).unwrap();
    let Effect::AppendFirst(Event::Accepted { execution_id }) = effect else {
        panic!("{effect:?}");
    };
    assert_eq!(execution_id.as_deref(), Some("7"));
    let effect = apply_callback(&analysis(Status::Accepted, 1, None), &callback(PROGRESS)).unwrap();
    assert!(matches!(effect, Effect::Progress(40)));
}

/// Otherwise the workflow, which runs, would be called again.
#[test]
fn progress_without_an_execution_id_records_the_acceptance_too() {
    let report = PROGRESS.replace(r#""execution_id": "7","#, "");
    let effect =
        apply_callback(&analysis(Status::Dispatched, 1, Some(130)), &callback(&report)).unwrap();
    assert!(matches!(effect, Effect::AppendFirst(Event::Accepted { execution_id: None })));
}

#[test]
fn a_callback_may_write_numbers_and_ids_as_n8n_does() {
    let report = PROGRESS.replace(r#""execution_id": "7""#, r#""executionId": 7"#);
    let report = callback(&report.replace("40", "40.0"));
    let effect = apply_callback(&analysis(Status::Accepted, 1, None), &report).unwrap();
    assert!(matches!(effect, Effect::Progress(40)), "{effect:?}");
    let effect = apply_callback(&analysis(Status::Dispatched, 1, None), &report).unwrap();
    let Effect::AppendFirst(Event::Accepted { execution_id }) = effect else {
        panic!("{effect:?}");
    };
    assert_eq!(execution_id.as_deref(), Some("7"));
}

#[test]
fn a_result_is_valid_before_and_after_the_202() {
    for status in [Status::Dispatched, Status::Accepted] {
        let effect = apply_callback(&analysis(status, 1, None), &callback(SUCCESS)).unwrap();
        assert!(matches!(effect, Effect::Append(Event::Succeeded { .. })), "{status:?}");
    }
}

#[test]
fn a_callback_before_the_call_or_after_the_end_is_ignored() {
    for status in
        [Status::Requested, Status::Succeeded, Status::Failed, Status::Cancelled, Status::Expired]
    {
        let effect = apply_callback(&analysis(status, 1, None), &callback(SUCCESS)).unwrap();
        assert!(matches!(effect, Effect::Append(Event::CallbackIgnored { .. })), "{status:?}");
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
        assert_eq!(apply_callback(&running, &report).unwrap_err(), expected, "{kind}{rest}");
    }
}

#[test]
fn the_backoff_starts_at_5_seconds_and_grows_fourfold() {
    assert_eq!([1, 2, 3, 4].map(|attempt| backoff(attempt, 0.5).as_secs()), [5, 20, 80, 320]);
}

#[test]
fn jitter_changes_the_backoff_by_a_fifth() {
    assert_eq!(backoff(1, 0.0).as_millis(), 4_000);
    assert_eq!(backoff(1, 1.0).as_millis(), 6_000);
}

#[test]
fn a_huge_attempt_number_does_not_overflow() {
    assert_eq!(backoff(u32::MAX, 0.5), backoff(MAX_ATTEMPTS + 1, 0.5));
}
