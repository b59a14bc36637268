//! Dead letters that are sent again.

use analyses::{Analysis, Failure, Status, fakes::MemoryAnalyses};
use aws_lambda_events::sqs::SqsEvent;
use dispatch_analysis::{WORK, handle};
use serde_json::{Value, json};
use shared::{deadline::Deadline, queue::Worker};
use support::{event_json, fakes::queues::MemoryQueue};

use super::{RECORD, REDRIVE, World, deliver, fakes::ScriptedWorkflow, world};

fn undeliverable(analysis: &mut Analysis) {
    (analysis.status, analysis.attempts) = (Status::Failed, 9);
    let code = Failure::UNDELIVERABLE.to_owned();
    analysis.error = Some(Failure { code, message: String::new() });
}

/// Delivers the dead letter; true when it was acknowledged.
async fn acknowledges_letter(world: &World) -> bool {
    let mut event = event_json("dispatch-analysis");
    let body = event.pointer_mut(RECORD).unwrap();
    let mut letter: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
    letter["redrive"] = json!(REDRIVE);
    *body = json!(letter.to_string());
    let batch: SqsEvent = serde_json::from_value(event).unwrap();
    let worker = Worker::new(WORK, world, handle, MemoryQueue::default(), MemoryQueue::default());
    worker
        .process(batch, "lambda-1", Deadline::after(WORK.timeout))
        .await
        .batch_item_failures
        .is_empty()
}

#[tokio::test]
async fn a_dead_letter_redrives_its_analysis_once() {
    let log = MemoryAnalyses::with(undeliverable);
    let world = world(&log, ScriptedWorkflow::refusing(422));
    assert!(!acknowledges_letter(&world).await, "its call is made at the next delivery");
    assert_eq!((log.types(), log.analysis().status), (vec!["redriven".into()], Status::Requested));
    assert!(acknowledges_letter(&world).await);
    assert_eq!(log.types(), ["redriven", "dispatched", "failed"]);

    let log = MemoryAnalyses::with(undeliverable);
    let world = super::world(&log, ScriptedWorkflow::accepting());
    acknowledges_letter(&world).await;
    log.change(undeliverable);
    assert!(acknowledges_letter(&world).await, "an ordinary redelivery");
    assert_eq!((log.types(), world.workflows.calls().len()), (vec!["redriven".into()], 0));
}

#[tokio::test]
async fn the_calls_of_a_redriven_analysis_are_counted_on() {
    let log = MemoryAnalyses::with(undeliverable);
    let world = world(&log, ScriptedWorkflow::accepting());
    acknowledges_letter(&world).await;
    acknowledges_letter(&world).await;
    assert_eq!(log.events()[1]["data"]["attempt"], 10);
}

#[tokio::test]
async fn an_ordinary_redelivery_never_restarts_an_ended_analysis() {
    for end in [Status::Succeeded, Status::Failed, Status::Cancelled, Status::Expired] {
        let log = MemoryAnalyses::with(|analysis| {
            undeliverable(analysis);
            analysis.status = end;
        });
        let world = world(&log, ScriptedWorkflow::accepting());
        let response = deliver(&world, &MemoryQueue::default(), "dispatch-analysis").await;
        assert!(response.batch_item_failures.is_empty(), "{end:?}");
        assert_eq!((log.types(), world.workflows.calls().len()), (Vec::new(), 0), "{end:?}");
    }
}
