"""
ValkeyError
├── ValkeyDown     no connection, or no answer in time: do without
└── ReplyRefused   the server answered with an error
"""


class ValkeyError(Exception):
    """Base of what the client raises. Nothing of it ends a request: Cache and Buckets have an answer without Valkey."""


class ValkeyDown(ValkeyError):
    """Not connected, connection lost, or the answer took longer than the call allows."""


class ReplyRefused(ValkeyError):
    """An error reply, as `NOSCRIPT ...` or `OOM ...`."""
