//! The time of a call and of what it needs.

use std::time::Duration;

use analyses::{
    Analysis, AnalysisId, AnalysisLog, Event, FindWorkflow, Workflow, fakes::MemoryAnalyses,
};
use aws_lambda_events::sqs::SqsEvent;
use dispatch_analysis::{Deps, WORK, handle};
use shared::{
    deadline::Deadline,
    queue::Worker,
    store::{self, StoreError},
};
use support::{event_json, fakes::queues::MemoryQueue};

use super::{at_its_end, fakes::ScriptedWorkflow, world_now};

/// A log each of whose calls takes this long.
#[derive(Debug)]
struct Slow(MemoryAnalyses, Duration);

impl Slow {
    async fn wait(&self, deadline: Deadline) -> Result<(), StoreError> {
        let call = tokio::time::sleep(self.1);
        deadline
            .limit(store::TIMEOUT, call)
            .await
            .map_err(|error| StoreError::Timeout(error.into()))
    }
}

impl AnalysisLog for Slow {
    async fn load(
        &self,
        id: AnalysisId,
        deadline: Deadline,
    ) -> Result<Option<Analysis>, StoreError> {
        self.wait(deadline).await?;
        self.0.load(id, deadline).await
    }

    async fn append(
        &self,
        analysis: &Analysis,
        event: &Event,
        actor: &str,
        webhook_id: Option<&str>,
        deadline: Deadline,
    ) -> Result<Analysis, StoreError> {
        self.wait(deadline).await?;
        self.0.append(analysis, event, actor, webhook_id, deadline).await
    }

    async fn raise_progress(
        &self,
        _: AnalysisId,
        _: u32,
        _: u8,
        _: Deadline,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}

impl FindWorkflow for Slow {
    async fn workflow(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> Result<Option<Workflow>, StoreError> {
        self.wait(deadline).await?;
        self.0.workflow(name, deadline).await
    }
}

/// Delivers a message twice and returns the types of the events, the calls and the dead letters.
async fn dispatched(
    log: MemoryAnalyses,
    store: Duration,
    workflow: ScriptedWorkflow,
) -> (Vec<String>, usize, usize) {
    let world = world_now(&log, workflow);
    let Deps { workflows, dead_letters, chance, new_id, clock, .. } = world;
    let slow = Slow(log.clone(), store);
    let deps = Deps { log: slow, workflows, dead_letters, chance, new_id, clock };
    for _ in 0..2 {
        let batch: SqsEvent = serde_json::from_value(event_json("dispatch-analysis")).unwrap();
        let deadline = Deadline::after(WORK.timeout - Duration::from_millis(500));
        Worker::new(WORK, &deps, handle, MemoryQueue::default(), MemoryQueue::default())
            .process(batch, "lambda-1", deadline)
            .await;
    }
    (log.types(), deps.workflows.calls().len(), deps.dead_letters.dead_letters().len())
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_and_a_slow_workflow_are_called_once() {
    // The second pair is at the timeouts.
    for (store, call) in [(6_000, 13_000), (8_990, 14_990)] {
        let [store, call] = [store, call].map(Duration::from_millis);
        let accepting = ScriptedWorkflow::accepting().taking(call);
        let (types, calls, _) =
            dispatched(MemoryAnalyses::with_requested(), store, accepting).await;
        assert_eq!((types, calls), (vec!["dispatched".into(), "accepted".into()], 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_last_attempt_is_recorded_with_its_dead_letter() {
    let log = MemoryAnalyses::with(at_its_end(false));
    let failing = ScriptedWorkflow::responding(500).taking(Duration::from_millis(14_990));
    let (types, calls, letters) = dispatched(log, Duration::from_millis(8_990), failing).await;
    assert_eq!((types, calls, letters), (vec!["dispatched".into(), "failed".into()], 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_time_to_record_it_is_not_begun() {
    let (log, waits) = (MemoryAnalyses::with_requested(), MemoryQueue::default());
    let world = world_now(&log, ScriptedWorkflow::accepting());
    let batch: SqsEvent = serde_json::from_value(event_json("dispatch-analysis")).unwrap();
    let late = Deadline::after(Duration::from_secs(44));
    let response = Worker::new(WORK, &world, handle, waits.clone(), MemoryQueue::default())
        .process(batch, "lambda-1", late)
        .await;
    assert_eq!(response.batch_item_failures.len(), 1);
    assert_eq!((world.workflows.calls(), log.types()), (Vec::new(), Vec::<String>::new()));
    assert_eq!(waits.visibility_changes()[0].1, Duration::from_secs(30));
}
