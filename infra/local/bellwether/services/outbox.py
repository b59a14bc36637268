"""Messages that are lost with the queues of the AWS emulator, which keeps them in memory."""

import psycopg

from bellwether.services.postgres import Database

SEND_AGAIN = """
    update public.outbox set sent_at = null, claimed_until = now()
     where topic = 'analyses' and sent_at is not null
       and payload ->> 'analysis_id' in
           (select id::text from public.analyses where status in ('requested', 'dispatched'))
"""


async def send_again(database: Database) -> None:
    """Let relay-outbox publish the messages of analyses that wait for one; a repeated message is harmless."""
    async with await psycopg.AsyncConnection.connect(database.url()) as connection:
        await connection.execute(SEND_AGAIN)
