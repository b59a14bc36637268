//! The shipped events with valid credentials for the running stack, and a queue without a consumer.

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::webhook::{ID, SIGNATURE, TIMESTAMP, WebhookKeys};
use support::{
    event_json,
    stack::{Stack, User},
};

/// The requests to measure and their credentials.
#[derive(Debug)]
pub(crate) struct Requests {
    user: User,
    keys: WebhookKeys,
    /// Takes the messages of measured functions, so that no deployed worker receives them.
    pub queue: String,
}

impl Requests {
    pub(crate) async fn new(stack: &Stack) -> Self {
        assert_has_bars(stack).await;
        let keys = WebhookKeys::parse(&[stack.get("webhook_secret").into()]).unwrap();
        let name = format!("bench-{}", uuid::Uuid::new_v4().simple());
        let created = sqs(stack, "CreateQueue", &json!({ "QueueName": name })).await;
        let queue = created["QueueUrl"]
            .as_str()
            .unwrap_or_else(|| panic!("no queue: {created}"))
            .to_owned();
        Self { user: stack.sign_up().await, keys, queue }
    }

    /// The shipped event of a function, with a valid token or signature where it has a placeholder;
    /// of a chart that with candles, which costs the most.
    pub(crate) fn of(&self, function: &str) -> Value {
        let name = if function == "get-chart" { "get-chart.candles" } else { function };
        let mut event = event_json(name);
        if event["headers"]["authorization"].is_string() {
            event["headers"]["authorization"] = json!(format!("Bearer {}", self.user.token));
        }
        if let Some(id) = event["headers"][ID].as_str() {
            let now = Timestamp::now();
            let signature =
                self.keys.sign(id, now, event["body"].as_str().unwrap().as_bytes()).unwrap();
            event["headers"][SIGNATURE] = json!(signature);
            event["headers"][TIMESTAMP] = json!(now.as_second().to_string());
        }
        event
    }

    /// Deletes the rows and the queue of the measurements.
    pub(crate) async fn clean_up(&self, stack: &Stack) {
        sqs(stack, "DeleteQueue", &json!({ "QueueUrl": self.queue })).await;
        let user = uuid::Uuid::parse_str(&self.user.id).unwrap();
        let admin = stack.admin().await;
        for delete in [
            "delete from public.outbox where payload->>'analysis_id' in
               (select id::text from public.analyses where user_id::text = $1)",
            "delete from public.analysis_events where analysis_id in
               (select id from public.analyses where user_id::text = $1)",
            "delete from public.analyses where user_id::text = $1",
        ] {
            admin.execute(delete, &[&user.to_string()]).await.unwrap();
        }
    }
}

/// Reads of a stock without bars are quicker than those of any user.
async fn assert_has_bars(stack: &Stack) {
    let query = "select 1 from public.stocks where symbol = 'AAPL' and as_of is not null";
    let found = stack.admin().await.query_opt(query, &[]).await.unwrap();
    assert!(found.is_some(), "AAPL has no bars: run `make demo`");
}

async fn sqs(stack: &Stack, action: &str, body: &Value) -> Value {
    let target = format!("AmazonSQS.{action}");
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/{}/sqs/aws4_request, \
         SignedHeaders=host, Signature=0",
        stack.get("aws_access_key_id"),
        stack.get("region")
    );
    let headers = [
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", target.as_str()),
        ("authorization", credential.as_str()),
    ];
    let url = format!("{}/", stack.get("ministack_url"));
    let reply = stack.send("POST", &url, &headers, body.to_string()).await;
    serde_json::from_slice(&reply.body).unwrap_or_default()
}
