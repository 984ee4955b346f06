"""At most one mail a minute to an address for one purpose, whether or not an account has the address."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from identity.db import Tx
from identity.errors import MailTooSoon
from identity.mail.queue import sent_last_hour
from identity.vault import Vault


@dataclass(frozen=True)
class Frequency:
    """`interval` zero and `per_hour` 0 are no limit."""

    vault: Vault
    interval: timedelta
    per_hour: int

    async def claim(self, tx: Tx, address: str, purpose: str) -> None:
        """Takes the minute for this transaction; raises MailTooSoon when it is taken."""
        if self.per_hour and await sent_last_hour(tx) >= self.per_hour:
            raise MailTooSoon(60)
        if not self.interval:
            return
        address_hash = self.vault.mac("mail-address", address)
        claimed = await tx.fetchval(
            """insert into mail_frequency as f (address_hash, kind, sent_at) values ($1, $2, now())
               on conflict (address_hash, kind) do update set sent_at = now() where f.sent_at <= now() - $3::interval
               returning true""",
            address_hash,
            purpose,
            self.interval,
        )
        if claimed is None:
            wait_s = await tx.fetchval(
                """select extract(epoch from sent_at + $3::interval - now()) from mail_frequency
                   where address_hash = $1 and kind = $2""",
                address_hash,
                purpose,
                self.interval,
            )
            raise MailTooSoon(max(1, ceil(wait_s)))
