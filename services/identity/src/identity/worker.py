"""What identity does beside answering: sends facts and mails, sweeps, rotates keys when told to."""

import asyncio

from crm_facts import Relay
from identity.keys.schedule import rotate_for_ever
from identity.mail.sending import send_for_ever
from identity.mail.smtp import Smtp
from identity.state import State
from identity.sweep import sweep_for_ever

NAME = "identity"


async def relay(state: State) -> None:
    """Sends the facts that were written, in the order of their commits."""
    await Relay(state.db, state.nats, NAME).run()


async def mail(state: State) -> None:
    """Without an SMTP server mails stay where they are: in the outbox page."""
    if not state.settings.smtp_url:
        await asyncio.Event().wait()
    await send_for_ever(state.db, state.mails, Smtp.of(state.settings.smtp_url))


async def sweep(state: State) -> None:
    await sweep_for_ever(state.db, state.refreshing.ends)


async def rotate_keys(state: State) -> None:
    days = state.settings.crm_auth_key_rotation_days
    if not days:
        await asyncio.Event().wait()
    await rotate_for_ever(state.db, state.vault, days=days, token_ttl_s=state.token_ttl_s)


TASKS = [relay, mail, sweep, rotate_keys]
