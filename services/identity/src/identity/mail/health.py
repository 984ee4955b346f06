"""Whether mail gets out, for readiness: a broken SMTP server must be seen before somebody misses a mail."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from crm_db import Database, DatabaseError

TRIES_UNTIL_BROKEN = 3
# Less than readiness grants a check, so that a silent database is not told as broken mail.
ASK_WITHIN_S = 0.7


@dataclass
class MailHealth:
    db: Database
    _stuck: bool = False

    async def ping(self) -> bool:
        """As it was last seen while the database can't say, which has a check of its own."""
        with suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(ASK_WITHIN_S):
                self._stuck = await self._ask()
        return not self._stuck

    async def _ask(self) -> bool:
        async with self.db.transaction(None) as tx:
            return bool(
                await tx.fetchval(
                    """select exists (select from mail where state <> 'sent' and attempts >= $1
                       and created_at > now() - interval '1 day')""",
                    TRIES_UNTIL_BROKEN,
                )
            )
