"""Deletes the rows that tests left in the database, so that only the sample stocks remain."""

from typing import Any

import psycopg

STOCKS = "select symbol from public.stocks where exchange = 'TEST'"
STOCK_IDS = "select id from public.stocks where exchange = 'TEST'"
WORKFLOWS = "select name from public.workflows where title = 'Test'"
ANALYSES = f"select id from public.analyses where symbol in ({STOCKS}) or workflow in ({WORKFLOWS})"
STATEMENTS = (
    f"delete from public.outbox where payload ->> 'analysis_id' in (select id::text from ({ANALYSES}) as tested)",
    f"delete from public.analysis_events where analysis_id in ({ANALYSES})",
    f"delete from public.analyses where id in ({ANALYSES})",
    f"delete from public.workflows where name in ({WORKFLOWS})",
    f"delete from public.stock_metrics where stock_id in ({STOCK_IDS})",
    f"delete from public.metric_history where stock_id in ({STOCK_IDS})",
    f"delete from public.price_bars where stock_id in ({STOCK_IDS})",
    f"delete from public.stocks where id in ({STOCK_IDS})",
)


def remove(stack: dict[str, Any]) -> None:
    """Delete the stocks and workflows that tests created, and the analyses of both."""
    with psycopg.connect(stack["postgres_url"]) as database:
        for statement in STATEMENTS:
            database.execute(statement)
