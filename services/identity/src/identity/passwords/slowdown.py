"""Case R8: after five wrong passwords for one account in 15 minutes, whoever tries waits; nobody is ever locked out.

Keyed by a hash of the address that was typed, so an address without an account behaves the same.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from crm_db import Database
from identity.errors import TooManySignIns
from identity.vault import Vault

WINDOW = timedelta(minutes=15)
WAIT_MAX_S = 60


@dataclass(frozen=True)
class Slowdown:
    """`free_failures`: wrong passwords before the waiting begins; 0 turns it off."""

    db: Database
    vault: Vault
    free_failures: int

    async def admit(self, address: str) -> None:
        """Raises TooManySignIns while the address has to wait. Call it with the hashing slot in hand: then at most as
        many tries as there are slots can pass before the first of them has been counted."""
        if self.free_failures == 0:
            return
        async with self.db.transaction(None) as tx:
            # admitted: a due try takes the next turn with it, so that parallel ones have to wait for another
            row = await tx.fetchrow(
                """update sign_in_failure set next_try_at = case when failures >= $2
                       then greatest(next_try_at, now() + interval '1 second') else next_try_at end
                   where address_hash = $1 and last_at > now() - $3::interval and next_try_at <= now()
                   returning true""",
                self._hash(address),
                self.free_failures,
                WINDOW,
            )
            if row is not None:
                return
            wait_s = await tx.fetchval(
                """select extract(epoch from next_try_at - now()) from sign_in_failure
                   where address_hash = $1 and last_at > now() - $2::interval and next_try_at > now()""",
                self._hash(address),
                WINDOW,
            )
        if wait_s is not None:
            raise TooManySignIns(retry_after_s=max(1, ceil(wait_s)))

    async def failed(self, address: str) -> None:
        """One second after the fifth failure, doubling to a minute."""
        if self.free_failures == 0:
            return
        async with self.db.transaction(None) as tx:
            await tx.execute(
                """insert into sign_in_failure as f (address_hash, failures, last_at, next_try_at)
                   values ($1, 1, now(), now() + case when $2 <= 1 then interval '1 second' else interval '0' end)
                   on conflict (address_hash) do update set
                       failures = case when f.last_at > now() - $3::interval then f.failures + 1 else 1 end,
                       last_at = now(),
                       next_try_at = case
                           when f.last_at <= now() - $3::interval or f.failures + 1 < $2 then now()
                           else now() + interval '1 second' * least($4, 2 ^ least(f.failures + 1 - $2, 10)) end""",
                self._hash(address),
                self.free_failures,
                WINDOW,
                WAIT_MAX_S,
            )

    async def succeeded(self, address: str) -> None:
        if self.free_failures == 0:
            return
        async with self.db.transaction(None) as tx:
            await tx.execute("delete from sign_in_failure where address_hash = $1", self._hash(address))

    def _hash(self, address: str) -> bytes:
        return self.vault.mac("sign-in-address", address)
