//! The claims of the outbox.

use support::stack::Stack;
use uuid::Uuid;

/// In a transaction that is never committed, so that the running stack does not relay the message.
#[tokio::test]
async fn a_claim_has_one_owner_until_its_message_is_sent() {
    let mut admin = Stack::running().admin().await;
    let change = admin.transaction().await.unwrap();
    let id = Uuid::new_v4().to_string();
    // The oldest claim of all is the first to be taken over.
    let insert = "insert into public.outbox values
        ($1::text::uuid, 'analyses', '{}', now(), '-infinity', gen_random_uuid())";
    change.execute(insert, &[&id]).await.unwrap();
    let claim = "select id::text, claim_token::text from public.claim_outbox(1)";
    let claimed = change.query_one(claim, &[]).await.unwrap();
    let (claimed, token): (String, String) = (claimed.get(0), claimed.get(1));
    assert_eq!(claimed, id);
    let others = change.query(claim, &[]).await.unwrap();
    assert!(others.iter().all(|row| row.get::<_, String>(0) != id), "it was claimed twice");

    let mark = "select public.mark_outbox_sent(array[$1::text::uuid], $2::text::uuid)";
    let stranger = Uuid::new_v4().to_string();
    for (token, marked) in [(&stranger, 0), (&token, 1), (&token, 0)] {
        assert_eq!(change.query_one(mark, &[&id, token]).await.unwrap().get::<_, i32>(0), marked);
    }
    change.rollback().await.unwrap();
}
