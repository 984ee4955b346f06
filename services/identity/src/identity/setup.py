"""The first account of an installation that takes invitations only: a one-time link, printed at start."""

import secrets
import sys
from urllib.parse import quote

from crm_db import DatabaseError
from identity.db import Tx
from identity.state import State
from identity.users import store as accounts
from identity.vault import fingerprint

SETUP_MEMBER = "setup"


async def announce(state: State) -> None:
    """Prints the link where only invitations are taken and nobody is here yet."""
    if state.settings.signup != "invite":
        return
    try:
        async with state.db.transaction(None) as tx:
            link = await new_setup_link(tx, state.settings.site_url)
    except DatabaseError:
        print("identity: the database is away; start again to get the set-up link", file=sys.stderr)
        return
    if link is not None:
        # Not a log line: it is a secret, meant for whoever started the service.
        print(f"Mini-CRM set-up link, for the first account: {link}", flush=True)


async def new_setup_link(tx: Tx, site_url: str) -> str | None:
    """None once there is an account. Each start makes a link of its own, since the one before may be lost."""
    if await accounts.any_exists(tx):
        return None
    token = secrets.token_urlsafe(24)
    await tx.execute("insert into setup_link (token_hash) values ($1)", fingerprint(token))
    # the app's sign-up page goes on to `next`, and says so in its redirect_to, where the token is looked for
    return f"{site_url.rstrip('/')}/sign-up?next={quote(f'/?{SETUP_MEMBER}={token}', safe='')}"


async def consume_setup_link(tx: Tx, token: str) -> bool:
    """True for one caller: the links, all of them, are gone in the transaction that makes the first account."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('setup_link'))")
    known = await tx.fetchval("select exists (select from setup_link where token_hash = $1)", fingerprint(token))
    if not known or await accounts.any_exists(tx):
        return False
    await tx.execute("delete from setup_link")
    return True
