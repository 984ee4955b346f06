"""The worker's broom: what has ended is taken out of the tables a while later."""

import asyncio
from datetime import timedelta

from crm_db import Database, idempotency
from identity.sessions import Ends

EVERY_S = 3600
AFTER_A_DAY = timedelta(days=1)

STATEMENTS = (
    "delete from one_time_code where expires_at < now()",
    "delete from pkce_flow where expires_at < now() - interval '1 hour'",
    "delete from mail_frequency where sent_at < now() - interval '1 day'",
    "delete from sign_in_failure where last_at < now() - interval '1 day'",
    "delete from mail where created_at < now() - interval '7 days'",
    # anonymous accounts that never became anybody
    "delete from account where is_anonymous and created_at < now() - interval '30 days'",
)


async def sweep_for_ever(db: Database, ends: Ends) -> None:
    while True:
        await sweep(db, ends)
        await asyncio.sleep(EVERY_S)


async def sweep(db: Database, ends: Ends) -> None:
    """Each statement in a transaction of its own: none is held up by another."""
    for statement in STATEMENTS:
        async with db.transaction(None) as tx:
            await tx.execute(statement)
    async with db.transaction(None) as tx:
        await tx.execute(
            """delete from session where created_at + $1::interval < now() - $3::interval
               or refreshed_at + $2::interval < now() - $3::interval""",
            ends.timebox,
            ends.inactivity,
            AFTER_A_DAY,
        )
    await idempotency.sweep(db)
