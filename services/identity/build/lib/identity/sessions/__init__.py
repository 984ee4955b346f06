"""Sessions: opened by a sign-in, kept alive by refresh tokens that work once, ended for good."""

from identity.sessions.ending import end, end_all
from identity.sessions.opening import Opened, open_session
from identity.sessions.refreshing import refresh
from identity.sessions.rules import Ends
from identity.sessions.store import Session, with_account

__all__ = ["Ends", "Opened", "Session", "end", "end_all", "open_session", "refresh", "with_account"]
