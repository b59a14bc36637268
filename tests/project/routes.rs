//! What functions declare of themselves is what the contract, the template and the README say of
//! them.

use std::{collections::BTreeMap, time::Duration};

use shared::{
    http::Declared,
    queue::{QueueName, Work},
    schedule::Job,
};
use support::template::{self, Function, pairs, text, yaml};
use yaml_rust2::Yaml;

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

fn declared() -> BTreeMap<&'static str, Declared> {
    let all = [
        *create_analysis::ROUTE.declared(),
        *get_analysis::ROUTE.declared(),
        *get_chart::ROUTE.declared(),
        *get_docs::ROUTE.declared(),
        *get_health::ROUTE.declared(),
        *get_metric_history::ROUTE.declared(),
        *get_metrics::ROUTE.declared(),
        *get_stock::ROUTE.declared(),
        *list_metric_definitions::ROUTE.declared(),
        *list_metrics::ROUTE.declared(),
        *list_stocks::ROUTE.declared(),
        *receive_callback::ROUTE.declared(),
        *receive_refresh_request::ROUTE.declared(),
        *reject_unknown::ROUTE.declared(),
        *serve_mcp::ROUTE.declared(),
    ];
    all.into_iter().map(|route| (route.id, route)).collect()
}

/// The operations of the contract, its webhooks to us and its default route.
fn operations() -> Vec<Yaml> {
    let document = yaml("infra/api/openapi.yaml");
    let paths = pairs(&document["paths"]).chain(pairs(&document["webhooks"]));
    let methods = paths.flat_map(|(_, path)| pairs(path));
    let operations = methods.filter(|(name, _)| METHODS.contains(name)).map(|(_, it)| it);
    let all = operations.chain([&document["x-default-route"]]);
    all.filter(|operation| operation["x-function"].as_str() != Some("dispatch-analysis"))
        .cloned()
        .collect()
}

fn function(id: &str) -> Function {
    let found = template::functions().into_iter().find(|function| function.folder() == id);
    found.unwrap_or_else(|| panic!("{id} is not in the template"))
}

#[test]
fn every_function_behind_http_declares_its_route() {
    let served: Vec<String> =
        template::functions().iter().filter(|it| is_http(it)).map(Function::folder).collect();
    let mut served: Vec<&str> = served.iter().map(String::as_str).collect();
    served.sort_unstable();
    assert_eq!(declared().into_keys().collect::<Vec<_>>(), served);
}

fn is_http(function: &Function) -> bool {
    !function.routes().is_empty() || !function.properties["FunctionUrlConfig"].is_badvalue()
}

#[test]
fn the_contract_says_who_may_call_a_route_and_what_it_costs() {
    let declared = declared();
    for operation in operations() {
        let id = operation["x-function"].as_str().unwrap();
        let route = &declared[id];
        assert_eq!(operation["x-access"].as_str(), Some(route.access.to_string().as_str()), "{id}");
        assert_eq!(operation["x-rate"].as_str(), Some(route.rate.name()), "{id}");
        assert_eq!(operation["x-weight"].as_i64().unwrap_or(1), i64::from(route.weight), "{id}");
    }
}

#[test]
fn a_route_takes_a_body_exactly_when_the_contract_has_one() {
    let declared = declared();
    for operation in operations() {
        let id = operation["x-function"].as_str().unwrap();
        assert_eq!(
            declared[id].max_body.is_some(),
            !operation["requestBody"].is_badvalue(),
            "{id}"
        );
    }
}

#[test]
fn every_declared_function_has_a_row_of_the_readme() {
    let readme = text("README.md");
    for id in declared().into_keys() {
        assert!(readme.contains(&format!("\n| {id} | ")), "{id}");
    }
}

#[test]
fn a_worker_declares_queue_batch_and_timeout_of_the_template() {
    assert_worker(&dispatch_analysis::WORK);
    assert_worker(&refresh_symbol::WORK);
}

#[track_caller]
fn assert_worker<M>(work: &Work<M>) {
    let function = function(work.id);
    let events = &function.properties["Events"];
    let (_, event) = pairs(events).next().unwrap();
    assert_eq!(
        event["Properties"]["Queue"].as_str(),
        Some(format!("{}.Arn", work.queue.id()).as_str())
    );
    assert_eq!(event["Properties"]["BatchSize"].as_i64(), Some(work.batch.into()));
    assert_eq!(function.properties["Timeout"].as_i64().map(seconds), Some(work.timeout));
}

#[test]
fn a_job_declares_schedule_and_timeout_of_the_template() {
    assert_job(expire_analyses::JOB);
    assert_job(plan_refresh::JOB);
    assert_job(relay_outbox::JOB);
}

#[track_caller]
fn assert_job(job: Job) {
    let function = function(job.id);
    let (_, event) = pairs(&function.properties["Events"]).next().unwrap();
    let minutes = job.every.as_secs() / 60;
    let every =
        if minutes == 1 { "rate(1 minute)".to_owned() } else { format!("rate({minutes} minutes)") };
    assert_eq!(event["Properties"]["ScheduleExpression"].as_str(), Some(every.as_str()));
    assert_eq!(function.properties["Timeout"].as_i64().map(seconds), Some(job.timeout));
}

/// Lambda would repeat a failed run, and the scheduler an invocation that Lambda rejected. The next
/// run does the same work.
#[test]
fn failed_runs_of_a_schedule_are_not_retried() {
    for function in template::functions() {
        for (_, event) in pairs(&function.properties["Events"]) {
            if event["Type"].as_str() == Some("ScheduleV2") {
                let invocations = &function.properties["EventInvokeConfig"];
                for retries in [invocations, &event["Properties"]["RetryPolicy"]] {
                    assert_eq!(
                        retries["MaximumRetryAttempts"].as_i64(),
                        Some(0),
                        "{}",
                        function.id
                    );
                }
            }
        }
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(seconds.try_into().unwrap())
}

#[test]
fn every_queue_name_is_a_queue_of_the_template() {
    for queue in [QueueName::Analyses, QueueName::Refreshes]
        .into_iter()
        .flat_map(|queue| [queue, queue.dead_letters()])
    {
        let resource = &yaml("template.yaml")["Resources"][queue.id()];
        assert_eq!(resource["Type"].as_str(), Some("AWS::SQS::Queue"), "{queue:?}");
    }
}
