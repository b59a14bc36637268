//! The quota of analyses.

use serde_json::{Value, json};
use support::Response;
use uuid::Uuid;

use super::world::World;

async fn request(world: &World, id: &str, quota: i64) -> Response {
    let arguments: Value = json!({
        "p_id": id, "p_actor": world.owner.id, "p_symbol": world.symbol,
        "p_workflow": "stock-analysis", "p_parameters": {}, "p_traceparent": null,
        "p_quota": quota,
    });
    world.stack.rest_as_service("POST", "/rpc/create_analysis", &arguments).await
}

/// Marks the messages as sent, so that no workflow is called.
async fn withhold(world: &World) {
    let mark = "update public.outbox set sent_at = now()
        where id in (select id from public.analyses where user_id::text = $1)";
    world.admin.execute(mark, &[&world.owner.id]).await.unwrap();
}

fn new_id() -> String {
    Uuid::now_v7().to_string()
}

#[tokio::test]
async fn a_request_over_the_quota_is_refused_until_the_oldest_is_a_day_old() {
    let world = World::new().await.refreshed().await;
    let (first, second) = (new_id(), new_id());
    assert_eq!(request(&world, &first, 2).await.status, 200);
    assert_eq!(request(&world, &second, 2).await.status, 200);
    let refused = request(&world, &new_id(), 2).await;
    let error = refused.json();
    assert_eq!((refused.status, &error["message"]), (429, &json!("quota_exceeded")), "{error}");
    let wait: u32 = error["hint"].as_str().unwrap().parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    assert_eq!(request(&world, &first, 2).await.status, 200, "a repeated request is no new one");

    let age = "update public.analyses set requested_at = requested_at - interval '24 hours'
        where id::text = $1";
    world.admin.execute(age, &[&first]).await.unwrap();
    assert_eq!(request(&world, &new_id(), 2).await.status, 200);
    withhold(&world).await;
}

#[tokio::test]
async fn concurrent_requests_do_not_exceed_the_quota() {
    let world = World::new().await.refreshed().await;
    let ids: [String; 4] = std::array::from_fn(|_| new_id());
    let [a, b, c, d] = ids.each_ref().map(|id| request(&world, id, 2));
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let mut statuses = [a, b, c, d].map(|reply| reply.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 429, 429]);
    withhold(&world).await;
}
