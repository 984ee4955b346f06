"""What a presented refresh token means, and when a session has ended. Decisions only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Meaning(Enum):
    CURRENT = "current"  # counter + 1, a new pair
    REPEATED = "repeated"  # the current token again: the client lost our answer, or tabs refreshed at once
    RESTORED = "restored"  # ahead of the counter: our database is older than the token, so it was restored
    OUTGROWN = "outgrown"  # from before the session reached aal2, just now: refused, but a slow tab is no thief
    REUSED = "reused"  # an old one: somebody else holds it too; the session ends


def meaning(
    presented: int, counter: int, *, since_refresh: timedelta, reuse_interval: timedelta, aal2_counter: int = 0
) -> Meaning:
    """`presented` has a genuine signature. The one before the current is served at any time; one from before
    `aal2_counter` never, so that whoever held it at aal1 does not get to aal2 with it."""
    if presented == counter:
        return Meaning.CURRENT
    if presented > counter:
        return Meaning.RESTORED
    is_recent = since_refresh < reuse_interval
    if presented < aal2_counter:
        return Meaning.OUTGROWN if is_recent else Meaning.REUSED
    return Meaning.REPEATED if is_recent or presented == counter - 1 else Meaning.REUSED


@dataclass(frozen=True)
class Ends:
    """When sessions end by themselves; None is never. Checked at refresh, so they bite within one token's life."""

    timebox: timedelta | None = None  # from the sign-in
    inactivity: timedelta | None = None  # from the last refresh
    single_per_user: bool = False  # only the most recently refreshed lives
    allow_low_aal: timedelta | None = None  # how long a user with a second factor may stay at aal1


def ended(
    ends: Ends, now: datetime, *, created_at: datetime, refreshed_at: datetime, newest: bool, is_low_aal: bool
) -> str | None:
    """The reason as the protocol words it, or None while the session lives."""
    if ends.timebox is not None and now >= created_at + ends.timebox:
        return "Session Expired"
    if ends.inactivity is not None and now >= refreshed_at + ends.inactivity:
        return "Session Expired (Inactivity)"
    if ends.single_per_user and not newest:
        return "Session Expired (Revoked by Newer Login)"
    if is_low_aal and ends.allow_low_aal is not None and now >= created_at + ends.allow_low_aal:
        return "Session Expired (Low AAL: User Needs MFA Verification)"
    return None
