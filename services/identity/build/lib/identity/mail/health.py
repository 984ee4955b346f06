"""Whether mail gets out, for readiness: a broken SMTP server must be seen before somebody misses a mail."""

from dataclasses import dataclass

from crm_db import Database

TRIES_UNTIL_BROKEN = 3


@dataclass(frozen=True)
class MailHealth:
    db: Database

    async def ping(self) -> bool:
        async with self.db.transaction(None) as tx:
            stuck = await tx.fetchval(
                """select exists (select from mail where state <> 'sent' and attempts >= $1
                   and created_at > now() - interval '1 day')""",
                TRIES_UNTIL_BROKEN,
            )
        return not stuck
