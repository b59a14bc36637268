"""Messages that are lost with the queues of the AWS emulator, which keeps them in memory."""

import psycopg

from bellwether.services.postgres import Database

SEND_AGAIN = """
    update public.outbox set sent_at = null, claimed_until = now()
     where topic = 'analyses' and sent_at is not null
       and payload ->> 'analysis_id' in
           (select id::text from public.analyses where status in ('requested', 'dispatched'));
    update public.outbox set sent_at = null, claimed_until = now()
     where topic = 'refreshes' and sent_at is not null
       and payload ->> 'refresh_id' in
           (select id::text from public.refreshes where items @> '[{"status": "queued"}]');
    update private.stocks set claimed_until = null where claimed_until is not null
"""


async def send_again(database: Database) -> None:
    """Let relay-outbox publish the messages of analyses and refreshes that wait for one, and plan-refresh claim all
    due stocks; a repeated message is harmless."""
    async with await psycopg.AsyncConnection.connect(database.url()) as connection:
        await connection.execute(SEND_AGAIN)
