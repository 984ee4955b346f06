"""The queue of mails: written in the transaction that causes them, so that they leave only if it commits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from identity.db import Tx
from identity.mail.letters import Letter
from identity.vault import Vault

PURPOSE = "mail"
ATTEMPTS_MAX = 10  # with the pauses below: about a day
PAUSES_S = (10, 30, 60, 300, 900, 3600, 7200, 14_400, 28_800)


@dataclass(frozen=True)
class Queued:
    """A mail as the sender and the operator see it; `letter` is None once its content was dropped."""

    id: UUID
    letter: Letter | None
    state: str
    attempts: int
    created_at: datetime
    last_error: str | None


@dataclass(frozen=True)
class MailQueue:
    vault: Vault

    async def add(self, tx: Tx, letter: Letter) -> None:
        await tx.execute(
            "insert into mail (template, sealed_content) values ($1, $2)",
            letter.template,
            self.vault.seal(PURPOSE, msgspec.json.encode(letter)),
        )

    async def claim(self, tx: Tx) -> Queued | None:
        # claim: one that is due and that no other sender holds; the lock ends with the transaction
        row = await tx.fetchrow(
            """select id, sealed_content, state, attempts, created_at, last_error from mail
               where state = 'queued' and next_try_at <= now()
               order by next_try_at limit 1 for update skip locked"""
        )
        return None if row is None else self._read(row)

    async def sent(self, tx: Tx, mail_id: UUID) -> None:
        await tx.execute(
            "update mail set state = 'sent', sent_at = now(), sealed_content = null, last_error = null where id = $1",
            mail_id,
        )

    async def failed(self, tx: Tx, mail: Queued, error: str) -> None:
        """Tried again with growing pauses; given up after a day, and then shown to the operator."""
        given_up = mail.attempts + 1 >= ATTEMPTS_MAX
        await tx.execute(
            """update mail set attempts = attempts + 1, last_error = $2, state = $3,
                   next_try_at = now() + $4 * interval '1 second'
               where id = $1""",
            mail.id,
            error,
            "failed" if given_up else "queued",
            PAUSES_S[min(mail.attempts, len(PAUSES_S) - 1)],
        )

    async def newest(self, tx: Tx, limit: int) -> list[Queued]:
        rows = await tx.fetch(
            """select id, sealed_content, state, attempts, created_at, last_error from mail
               order by created_at desc, id desc limit $1""",
            limit,
        )
        return [self._read(row) for row in rows]

    def _read(self, row: object) -> Queued:
        members = dict(row)  # type: ignore[call-overload]
        sealed = members.pop("sealed_content")
        letter = None if sealed is None else msgspec.json.decode(self.vault.open(PURPOSE, sealed), type=Letter)
        return Queued(letter=letter, **members)


async def sent_last_hour(tx: Tx) -> int:
    count: int = await tx.fetchval("select count(*) from mail where created_at > now() - interval '1 hour'")
    return count
