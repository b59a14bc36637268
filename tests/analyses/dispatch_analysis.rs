//! The queue worker that starts the workflow of a requested analysis.

mod fakes;
mod n8n;
mod redrive;
mod server;
mod slow;

use std::time::Duration;

use self::fakes::{ScriptedWorkflow, answered};
use analyses::fakes::MemoryAnalyses;
use analyses::{Analysis, AnalysisId, AnalysisLog, Event, Status};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use dispatch_analysis::decide::{CallFailure, CallOutcome};
use dispatch_analysis::{Deps, WORK, handle};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json, value::to_raw_value};
use shared::{deadline::Deadline, queue::Worker, store::StoreError};
use support::{event_json, fakes::queues::MemoryQueue, logs::Logs};
use uuid::Uuid;

type World = Deps<MemoryAnalyses, ScriptedWorkflow, MemoryQueue>;

const RECORD: &str = "/Records/0/body";

fn world(log: &MemoryAnalyses, workflows: ScriptedWorkflow) -> World {
    let dead_letters = MemoryQueue::default();
    Deps {
        log: log.clone(),
        workflows,
        dead_letters,
        chance: || 0.5,
        new_id: || REDRIVE,
        clock: || Timestamp::UNIX_EPOCH,
    }
}

/// The id that the first dead letter has.
const REDRIVE: Uuid = Uuid::from_u128(7);

async fn deliver(world: &World, waits: &MemoryQueue, event: &str) -> SqsBatchResponse {
    let batch: SqsEvent = serde_json::from_value(event_json(event)).unwrap();
    let (deadline, dead_letters) = (Deadline::after(WORK.timeout), world.dead_letters.clone());
    let worker = Worker::new(WORK, world, handle, waits.clone(), dead_letters);
    worker.process(batch, "lambda-1", deadline).await
}

/// The ids of the messages that are redelivered.
fn redelivered(response: &SqsBatchResponse) -> Vec<&str> {
    response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect()
}

fn message_id(event: &str) -> String {
    event_json(event)["Records"][0]["messageId"].as_str().unwrap().to_owned()
}

/// Changes an analysis to one with this many calls, the last with an expired lease.
fn after(attempts: u32) -> impl FnOnce(&mut Analysis) {
    move |analysis| {
        (analysis.status, analysis.attempts) = (Status::Dispatched, attempts);
        analysis.lease_until = Some(Timestamp::UNIX_EPOCH);
    }
}

/// Changes an analysis to one whose last attempt is due, or is interrupted if it was begun.
fn at_its_end(begun: bool) -> impl FnOnce(&mut Analysis) {
    move |analysis| {
        after(9)(analysis);
        analysis.queued_at = Timestamp::now() - SignedDuration::from_mins(23 * 60 + 31);
        analysis.dispatched_at = begun.then(Timestamp::now);
    }
}

/// As [`world`], with the real time.
fn world_now(log: &MemoryAnalyses, workflows: ScriptedWorkflow) -> World {
    Deps { clock: Timestamp::now, ..world(log, workflows) }
}

#[tokio::test]
async fn an_analysis_is_dispatched_before_the_call_and_accepted_after_it() {
    let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
    let world = world(&log, ScriptedWorkflow::accepting());
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert!(redelivered(&response).is_empty());
    assert_eq!(world.workflows.calls(), [(2, Status::Dispatched)]);
    assert_eq!(log.types(), ["dispatched", "accepted"]);
    assert_eq!(log.events()[1]["data"], json!({ "execution_id": "1042" }));
}

#[tokio::test]
async fn a_redelivered_message_changes_nothing() {
    let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
    let world = world(&log, ScriptedWorkflow::accepting());
    deliver(&world, &waits, "dispatch-analysis").await;
    let response = deliver(&world, &waits, "dispatch-analysis.redelivery").await;
    assert!(redelivered(&response).is_empty());
    assert_eq!(world.workflows.calls().len(), 1);
    assert_eq!(log.types(), ["dispatched", "accepted"]);
}

#[tokio::test]
async fn a_message_is_delayed_while_another_call_holds_the_lease() {
    let log = MemoryAnalyses::with(|analysis| {
        after(1)(analysis);
        analysis.lease_until = Some(Timestamp::MAX);
    });
    let (world, waits) = (world(&log, ScriptedWorkflow::accepting()), MemoryQueue::default());
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert_eq!(redelivered(&response), [message_id("dispatch-analysis")]);
    let receipt = event_json("dispatch-analysis")["Records"][0]["receiptHandle"].clone();
    let held = waits.visibility_changes();
    assert_eq!((held.len(), json!(held[0].0)), (1, receipt));
    assert!(world.workflows.calls().is_empty() && log.events().is_empty());
}

#[tokio::test]
async fn a_call_that_may_succeed_later_is_recorded_and_retried() {
    for status in [200, 404, 500] {
        let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
        let world = world(&log, ScriptedWorkflow::responding(status));
        let response = deliver(&world, &waits, "dispatch-analysis").await;
        assert_eq!(redelivered(&response), [message_id("dispatch-analysis")]);
        assert_eq!(log.types(), ["dispatched", "attempt_failed"], "{status}");
        let failed = &log.events()[1]["data"];
        assert_eq!((&failed["attempt"], &failed["http_status"]), (&json!(1), &json!(status)));
        let detail = format!("The workflow answered {status}.");
        assert_eq!((&failed["outcome"], &failed["detail"]), (&json!("answered"), &json!(detail)));
        assert_eq!(failed["next_attempt_at"], "1970-01-01T00:00:05Z");
        assert_eq!(waits.visibility_changes()[0].1, Duration::from_secs(5));
    }
}

#[tokio::test]
async fn retry_after_delays_the_message() {
    let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
    let retry_after = Some(SignedDuration::from_mins(10));
    let failure = CallFailure { retry_after, ..answered(503) };
    let world = world(&log, ScriptedWorkflow::ending(CallOutcome::Unavailable(failure)));
    deliver(&world, &waits, "dispatch-analysis").await;
    assert_eq!(log.events()[1]["data"]["next_attempt_at"], "1970-01-01T00:10:00Z");
    assert_eq!(waits.visibility_changes()[0].1, Duration::from_mins(10));
}

#[tokio::test]
async fn a_message_whose_visibility_cannot_change_is_redelivered() {
    let log = MemoryAnalyses::with_requested();
    let world = world(&log, ScriptedWorkflow::responding(500));
    let response = deliver(&world, &MemoryQueue::down(), "dispatch-analysis").await;
    assert_eq!(redelivered(&response), [message_id("dispatch-analysis")]);
}

#[tokio::test]
async fn a_rejected_call_ends_the_analysis() {
    let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
    let world = world(&log, ScriptedWorkflow::refusing(422));
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert!(redelivered(&response).is_empty() && world.dead_letters.dead_letters().is_empty());
    assert_eq!(log.types(), ["dispatched", "failed"]);
    let data = &log.events()[1]["data"];
    assert_eq!(
        (&data["code"], &data["message"]),
        (&json!("rejected"), &json!("The workflow answered 422."))
    );
}

#[tokio::test]
async fn a_workflow_accepted_without_its_id_is_not_called_again() {
    let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
    let accepted = CallOutcome::Accepted { execution_id: None, http_status: 200 };
    let world = world(&log, ScriptedWorkflow::ending(accepted));
    for _ in 0..2 {
        let response = deliver(&world, &waits, "dispatch-analysis").await;
        assert!(redelivered(&response).is_empty());
    }
    assert_eq!(world.workflows.calls().len(), 1);
    assert_eq!(log.types(), ["dispatched", "accepted"]);
    assert_eq!(log.events()[1]["data"], json!({ "execution_id": null }));
}

#[tokio::test]
async fn every_call_logs_one_line() {
    let (log, waits, logs) =
        (MemoryAnalyses::with(after(1)), MemoryQueue::default(), Logs::collect());
    deliver(&world(&log, ScriptedWorkflow::responding(500)), &waits, "dispatch-analysis").await;
    let line = logs.line("the workflow was called");
    assert_eq!(line["level"], "WARN");
    for (field, value) in [
        ("analysis.id", json!(MemoryAnalyses::id())),
        ("analysis.workflow", json!("stock-analysis")),
        ("call.attempt", json!(2)),
        ("call.outcome", json!("unavailable")),
        ("call.status", json!(500)),
        ("call.duration_ms", json!(0.0)),
        ("call.cause", json!("answered")),
        ("call.detail", json!("The workflow answered 500.")),
    ] {
        assert_eq!(line[field], value, "{field} of {line}");
    }
}

#[tokio::test]
async fn an_accepted_call_is_no_warning() {
    let (log, waits, logs) =
        (MemoryAnalyses::with_requested(), MemoryQueue::default(), Logs::collect());
    deliver(&world(&log, ScriptedWorkflow::accepting()), &waits, "dispatch-analysis").await;
    let line = logs.line("the workflow was called");
    let fields = ["level", "call.outcome", "call.status", "call.cause"].map(|field| &line[field]);
    assert_eq!(fields, [&json!("INFO"), &json!("accepted"), &json!(202), &json!(null)]);
}

#[tokio::test]
async fn the_last_failed_attempt_leaves_a_dead_letter_and_is_undeliverable() {
    let (log, waits) = (MemoryAnalyses::with(at_its_end(false)), MemoryQueue::default());
    let world = world_now(&log, ScriptedWorkflow::responding(500));
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert!(redelivered(&response).is_empty());
    assert_eq!(log.types(), ["dispatched", "failed"]);
    assert_eq!(log.events()[1]["data"]["code"], "undeliverable");
    let event = event_json("dispatch-analysis");
    let mut letter: Value =
        serde_json::from_str(event.pointer(RECORD).unwrap().as_str().unwrap()).unwrap();
    letter["redrive"] = json!(REDRIVE);
    let sent: Vec<Value> = world
        .dead_letters
        .dead_letters()
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect();
    assert_eq!(sent, [letter]);
}

#[tokio::test]
async fn a_callback_that_overtakes_the_last_attempt_leaves_no_dead_letter() {
    let (log, waits) = (MemoryAnalyses::with(at_its_end(false)), MemoryQueue::default());
    let result = to_raw_value(&json!({ "verdict": "neutral" })).unwrap();
    let workflow = ScriptedWorkflow::responding(500);
    let success = Event::Succeeded { execution_id: None, result };
    let world = world_now(&log, workflow.overtaken_by(&log, success));
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert!(redelivered(&response).is_empty() && world.dead_letters.dead_letters().is_empty());
    assert_eq!(log.types(), ["dispatched", "succeeded"]);
}

#[tokio::test]
async fn a_missing_workflow_uses_up_no_attempt() {
    let log = MemoryAnalyses::with(|analysis| {
        MemoryAnalyses::NO_WORKFLOW.clone_into(&mut analysis.workflow)
    });
    let (world, waits) = (world(&log, ScriptedWorkflow::accepting()), MemoryQueue::default());
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert_eq!(redelivered(&response), [message_id("dispatch-analysis")]);
    assert!(world.workflows.calls().is_empty() && log.events().is_empty());
}

#[tokio::test]
async fn a_workflow_disabled_after_the_request_is_not_called() {
    for attempts in [0, 1] {
        let log = MemoryAnalyses::with(|analysis| {
            if attempts > 0 {
                after(attempts)(analysis);
            }
            MemoryAnalyses::DISABLED.clone_into(&mut analysis.workflow);
        });
        let (world, waits) = (world(&log, ScriptedWorkflow::accepting()), MemoryQueue::default());
        let response = deliver(&world, &waits, "dispatch-analysis").await;
        assert!(redelivered(&response).is_empty() && world.workflows.calls().is_empty());
        let data = json!({
            "code": "workflow_disabled",
            "message": "The workflow off was disabled before it was called.",
        });
        assert_eq!((log.types(), &log.events()[0]["data"]), (vec!["failed".to_owned()], &data));
    }
}

#[tokio::test]
async fn an_interrupted_last_attempt_is_undeliverable_without_another_call() {
    let (log, waits) = (MemoryAnalyses::with(at_its_end(true)), MemoryQueue::default());
    let world = world(&log, ScriptedWorkflow::accepting());
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert!(redelivered(&response).is_empty() && world.workflows.calls().is_empty());
    assert_eq!(log.events()[0]["data"]["code"], "undeliverable");
    assert_eq!(world.dead_letters.dead_letters().len(), 1);
}

#[tokio::test]
async fn an_analysis_does_not_end_while_its_dead_letter_cannot_be_sent() {
    let (log, waits) = (MemoryAnalyses::with(at_its_end(true)), MemoryQueue::default());
    let world =
        Deps { dead_letters: MemoryQueue::down(), ..world(&log, ScriptedWorkflow::accepting()) };
    let response = deliver(&world, &waits, "dispatch-analysis").await;
    assert_eq!(redelivered(&response), [message_id("dispatch-analysis")]);
    assert!(log.events().is_empty());
}

#[tokio::test]
async fn an_unreadable_message_goes_to_the_dead_letters_at_once() {
    let (log, waits, logs) =
        (MemoryAnalyses::with_requested(), MemoryQueue::default(), Logs::collect());
    let world = world(&log, ScriptedWorkflow::accepting());
    let response = deliver(&world, &waits, "dispatch-analysis.bad-record").await;
    assert!(redelivered(&response).is_empty());
    assert_eq!(world.dead_letters.dead_letters(), ["not JSON"]);
    assert_eq!(log.types(), ["dispatched", "accepted"]);
    let line = logs.line("the message is unreadable and goes to the dead-letter queue");
    let place = ["level", "message.line", "message.column"].map(|field| &line[field]);
    assert_eq!(place, [&json!("ERROR"), &json!(1), &json!(2)]);
}

#[tokio::test]
async fn an_unreadable_message_is_redelivered_alone_while_the_dead_letters_are_down() {
    let (log, waits, logs) =
        (MemoryAnalyses::with_requested(), MemoryQueue::default(), Logs::collect());
    let world =
        Deps { dead_letters: MemoryQueue::down(), ..world(&log, ScriptedWorkflow::accepting()) };
    let response = deliver(&world, &waits, "dispatch-analysis.bad-record").await;
    assert_eq!(redelivered(&response), [message_id("dispatch-analysis.bad-record")]);
    logs.line("the message is unreadable and goes to the dead-letter queue");
    assert_eq!(log.types(), ["dispatched", "accepted"]);
}

#[tokio::test]
async fn a_result_that_precedes_the_response_stands_and_no_call_is_repeated() {
    for workflow in [ScriptedWorkflow::accepting(), ScriptedWorkflow::responding(500)] {
        let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
        let result = to_raw_value(&json!({ "verdict": "neutral" })).unwrap();
        let world = world(
            &log,
            workflow.overtaken_by(&log, Event::Succeeded { execution_id: None, result }),
        );
        deliver(&world, &waits, "dispatch-analysis").await;
        deliver(&world, &waits, "dispatch-analysis.redelivery").await;
        assert_eq!(world.workflows.calls().len(), 1);
        assert_eq!(log.types(), ["dispatched", "succeeded"]);
    }
}

fn soon() -> Deadline {
    Deadline::default()
}

/// The contract test of a log, on an analysis with one event, `requested`.
async fn assert_contract(log: &impl AnalysisLog, id: AnalysisId) {
    let requested = log.load(id, soon()).await.unwrap().unwrap();
    assert_eq!(
        (requested.status, requested.version, requested.attempts),
        (Status::Requested, 1, 0)
    );
    assert!(log.load(AnalysisId::generate(), soon()).await.unwrap().is_none());

    let lease_until = "2099-01-01T00:00:00Z".parse().unwrap();
    let begin = Event::Dispatched { attempt: 1, lease_until };
    let dispatched = log.append(&requested, &begin, "test", None, soon()).await.unwrap();
    assert_eq!(
        (dispatched.status, dispatched.version, dispatched.attempts),
        (Status::Dispatched, 2, 1)
    );
    assert_eq!(dispatched.lease_until, Some(lease_until));
    let late = log.append(&requested, &begin, "test", None, soon()).await.unwrap_err();
    assert!(matches!(late, StoreError::Stale), "{late:?}");

    let accepted = Event::Accepted { execution_id: Some("1".to_owned()) };
    let accepted = log.append(&dispatched, &accepted, "test", None, soon()).await.unwrap();
    assert_eq!((accepted.status, accepted.lease_until), (Status::Accepted, None));

    let end =
        Event::Failed { code: "undeliverable".into(), message: "Test.".into(), execution_id: None };
    let failed = log.append(&accepted, &end, "test", Some("msg_1"), soon()).await.unwrap();
    assert_eq!((failed.status, failed.version), (Status::Failed, 4));
    // An event with a known webhook id is not appended again, even on a stale version.
    let repeated = log.append(&accepted, &end, "test", Some("msg_1"), soon()).await.unwrap();
    assert_eq!((repeated.status, repeated.version), (Status::Failed, 4));

    assert_redrive(log, &failed).await;
}

/// The part of the contract about an analysis that is undeliverable after one attempt.
async fn assert_redrive(log: &impl AnalysisLog, failed: &Analysis) {
    let again = Event::Redriven { redrive: REDRIVE };
    let redriven = log.append(failed, &again, "test", Some("redrive_7"), soon()).await.unwrap();
    assert_eq!((redriven.status, redriven.version), (Status::Requested, 5));
    assert_eq!((redriven.attempts, redriven.earlier_attempts), (1, 1));
    assert!(redriven.dispatched_at.is_none() && redriven.error.is_none());
    assert!(redriven.queued_at >= failed.queued_at);
    // A redrive is used once.
    let repeated = log.append(&redriven, &again, "test", Some("redrive_7"), soon()).await.unwrap();
    assert_eq!((repeated.status, repeated.version), (Status::Requested, 5));
}

#[tokio::test]
async fn the_log_in_memory_meets_the_contract() {
    assert_contract(&MemoryAnalyses::with_requested(), MemoryAnalyses::id()).await;
}

mod on_the_stack {
    use analyses::AnalysisStore;
    use http::HeaderValue;
    use shared::{
        config::{DatabaseRole, SupabaseConfig},
        http_client::HttpClient,
    };
    use support::stack::Stack;

    use super::{AnalysisId, assert_contract};

    #[tokio::test]
    async fn the_real_log_meets_the_contract() {
        let stack = Stack::running();
        let (user, id) = (stack.sign_up().await, AnalysisId::generate());
        stack.add_analysis(&id.to_string(), &user.id).await;
        let key = HeaderValue::from_str(stack.get("secret_key")).unwrap();
        let url = stack.get("base_url").to_owned();
        let config = SupabaseConfig { url, key, role: DatabaseRole::Service };
        let store = AnalysisStore::new(&config, &HttpClient::new().unwrap());
        assert_contract(&store, id).await;
    }
}
