//! A function may do what it does, and nothing else: `template.yaml` against the AWS calls the
//! running stack has recorded.

use support::template;

#[test]
fn no_policy_has_a_wildcard() {
    for function in template::functions() {
        for (action, resource) in function.permissions() {
            assert!(
                !action.contains('*') && !resource.contains('*'),
                "{}: {action} on {resource}",
                function.id
            );
        }
    }
}

mod on_the_stack {
    use std::{
        collections::BTreeSet,
        fs,
        time::{Duration, Instant},
    };

    use jiff::Timestamp;
    use secrecy::SecretString;
    use serde_json::{Value, json};
    use shared::webhook::{self, WebhookKeys};
    use support::{
        event_json, event_text,
        stack::{Stack, User},
        template,
    };

    /// Queues hand over within seconds.
    const PATIENCE: Duration = Duration::from_secs(60);
    const PAUSE: Duration = Duration::from_millis(50);

    /// Folder, action and resource.
    type Use = (String, String, String);

    #[tokio::test(flavor = "multi_thread")]
    async fn what_functions_do_is_what_they_may_do() {
        let stack = Stack::running();
        let user = stack.sign_up().await;
        tokio::join!(
            ready(&stack),
            relayed(&stack),
            planned(&stack),
            undeliverable(&stack, &user),
            requested_with_a_tool(&stack, &user),
            refreshed_by_somebody_else(&stack),
            unreadable(&stack),
        );
        let may: BTreeSet<Use> = template::functions().iter().flat_map(allowed).collect();
        let deadline = Instant::now() + PATIENCE;
        while !may.is_subset(&recorded(&stack)) && Instant::now() < deadline {
            tokio::time::sleep(PAUSE).await;
        }
        let does = recorded(&stack);
        assert_eq!(does.difference(&may).collect::<Vec<_>>(), Vec::<&Use>::new(), "not allowed");
        assert_eq!(may.difference(&does).collect::<Vec<_>>(), Vec::<&Use>::new(), "never used");
    }

    fn allowed(function: &template::Function) -> Vec<Use> {
        function
            .permissions()
            .into_iter()
            .map(|(action, on)| (function.folder(), action, on))
            .collect()
    }

    /// What the functions did so far. A call that was refused fails the test.
    fn recorded(stack: &Stack) -> BTreeSet<Use> {
        let text = fs::read_to_string(stack.get("aws_calls")).unwrap();
        // A line that is being written has no end yet.
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        complete.lines().map(|line| recorded_call(stack, line)).collect()
    }

    fn recorded_call(stack: &Stack, line: &str) -> Use {
        let call: Value = serde_json::from_str(line).unwrap();
        assert_eq!(call["allowed"], true, "refused: {call}");
        let [function, action, arn] =
            ["function", "action", "resource"].map(|name| call[name].as_str().unwrap());
        (folder(stack, function), action.to_owned(), resource(stack, arn))
    }

    /// `get-metrics` for its deployed name.
    fn folder(stack: &Stack, deployed: &str) -> String {
        let mut functions = stack.about["functions"].as_object().unwrap().iter();
        functions
            .find(|(_, name)| *name == deployed)
            .map_or_else(|| deployed.to_owned(), |(folder, _)| folder.clone())
    }

    /// `AnalysesQueue.Arn` for the queue's ARN; anything else stays as it is.
    fn resource(stack: &Stack, arn: &str) -> String {
        let name = arn.rsplit(':').next();
        let mut queues = stack.about["queues"].as_object().unwrap().iter();
        let queue =
            queues.find(|(_, url)| url.as_str().and_then(|url| url.rsplit('/').next()) == name);
        queue.map_or_else(|| arn.to_owned(), |(id, _)| format!("{id}.Arn"))
    }

    async fn ready(stack: &Stack) {
        assert_eq!(stack.get_json("/health/ready", None).await.status, 200);
    }

    /// Messages that their creators did not send. Their analysis and stock do not exist, so the
    /// workers do nothing.
    async fn relayed(stack: &Stack) {
        let (id, now) = (uuid::Uuid::now_v7(), Timestamp::now().to_string());
        let analysis: Value = json!({
            "type": "analysis.requested", "analysis_id": id, "version": 1,
            "occurred_at": now, "traceparent": null,
        });
        let refresh: Value =
            json!({ "type": "refresh.requested", "symbol": "NONE", "occurred_at": now });
        let insert = "insert into public.outbox
                (id, topic, payload, occurred_at, claimed_until, claim_token)
            values ($1::text::uuid, $2, $3::text::jsonb, now(), now() - interval '1 second',
                gen_random_uuid())";
        let admin = stack.admin().await;
        for (topic, message) in [("analyses", analysis), ("refreshes", refresh)] {
            let (id, message) = (uuid::Uuid::now_v7().to_string(), message.to_string());
            admin.execute(insert, &[&id, &topic, &message]).await.unwrap();
        }
        assert_eq!(stack.invoke("relay-outbox", &event_json("relay-outbox")).await.status, 200);
    }

    async fn planned(stack: &Stack) {
        let symbol = stack.add_stock("DUE").await;
        let due = "update public.stocks set refreshed_at = null where symbol = $1";
        stack.admin().await.execute(due, &[&symbol]).await.unwrap();
        assert_eq!(stack.invoke("plan-refresh", &event_json("plan-refresh")).await.status, 200);
    }

    /// A workflow that fails makes a message wait; the last attempt makes it a dead letter.
    async fn undeliverable(stack: &Stack, user: &User) {
        let admin = stack.admin().await;
        let workflow = stack.add_workflow("fault/500", true).await;
        let body = json!({ "symbol": "AAPL", "workflow": workflow });
        let created = stack.post_json("/v1/analyses", Some(&user.token), &body).await;
        assert_eq!(created.status, 202, "{}", created.json());
        let id = created.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/analyses/{id}");
        stack.until(&path, Some(&user.token), has_failed_attempt).await;
        let exhaust = "update public.analyses
            set queued_at = now() - interval '23 hours 31 minutes', lease_until = now()
            where id = $1::text::uuid";
        admin.execute(exhaust, &[&id]).await.unwrap();
        let over =
            stack.until(&path, Some(&user.token), |analysis| analysis["status"] == "failed").await;
        assert_eq!(over["error"]["code"], "undeliverable", "{over}");
    }

    /// serve-mcp queues an analysis itself.
    async fn requested_with_a_tool(stack: &Stack, user: &User) {
        let event = event_json("serve-mcp.request-analysis");
        let call: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        let reply = stack.post_json("/mcp", Some(&user.token), &call).await.json();
        assert_eq!(reply["result"]["structuredContent"]["status"], "requested", "{reply}");
    }

    fn has_failed_attempt(analysis: &Value) -> bool {
        let events = analysis["events"].as_array();
        events.is_some_and(|events| events.iter().any(|it| it["type"] == "attempt_failed"))
    }

    /// A stock that changes while it is refreshed is looked at again. A lock makes that sure to
    /// happen: what the refresh has read is old when it may go on.
    async fn refreshed_by_somebody_else(stack: &Stack) {
        let symbol =
            format!("RACE{}", &uuid::Uuid::new_v4().simple().to_string().to_uppercase()[..8]);
        let bars = format!("{}/bars/{symbol}.csv", stack.get("standin_url"));
        let csv = "Date,Open,High,Low,Close,Volume\n\
            2013-02-28,10,11,9,10,1000\n\
            2013-03-01,10,11,9,10,1000\n";
        assert_eq!(stack.send("PUT", &bars, &[], csv).await.status, 204);
        let (mut admin, watcher) = (stack.admin().await, stack.admin().await);
        let insert =
            "insert into public.stocks (symbol, name, exchange) values ($1, 'Test', 'TEST')";
        admin.execute(insert, &[&symbol]).await.unwrap();
        let holder: i32 = admin.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
        let change = admin.transaction().await.unwrap();
        let bump =
            "update public.stocks set refresh_version = refresh_version + 1 where symbol = $1";
        change.execute(bump, &[&symbol]).await.unwrap();
        request_refresh(stack, &symbol).await;
        let waits = "select exists (select from pg_stat_activity
            where $1 = any(pg_blocking_pids(pid)) and query like '%apply_refresh%')";
        let deadline = Instant::now() + PATIENCE;
        while !watcher.query_one(waits, &[&holder]).await.unwrap().get::<_, bool>(0) {
            assert!(Instant::now() < deadline, "nothing is refreshed");
            tokio::time::sleep(PAUSE).await;
        }
        change.commit().await.unwrap();
        stack
            .until(&format!("/v1/stocks/{symbol}"), None, |stock| !stock["refreshed_at"].is_null())
            .await;
    }

    /// A message that refresh-symbol cannot read goes to its dead-letter queue.
    async fn unreadable(stack: &Stack) {
        let mut event = event_json("refresh-symbol.bad-record");
        event["Records"].as_array_mut().unwrap().truncate(1);
        let response = stack.invoke("refresh-symbol", &event).await.json();
        assert_eq!(response, json!({ "batchItemFailures": [] }));
    }

    async fn request_refresh(stack: &Stack, symbol: &str) {
        let event: Value = serde_json::from_str(&event_text("receive-refresh-request")).unwrap();
        let mut message: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        message["symbols"] = json!([symbol]);
        let (body, now) = (message.to_string(), Timestamp::now());
        let keys = WebhookKeys::parse(&[SecretString::from(stack.get("webhook_secret"))]).unwrap();
        let (timestamp, signature) =
            (now.as_second().to_string(), keys.sign(symbol, now, body.as_bytes()).unwrap());
        let headers = [
            ("content-type", "application/json"),
            (webhook::ID, symbol),
            (webhook::TIMESTAMP, &timestamp),
            (webhook::SIGNATURE, &signature),
        ];
        let response = stack.send("POST", "/hooks/receive-refresh-request", &headers, body).await;
        assert_eq!(response.status, 202, "{}", response.json());
    }
}
