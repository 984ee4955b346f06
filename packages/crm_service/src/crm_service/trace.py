"""W3C Trace Context: continue the caller's trace, or start one."""

import random
import re

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?\Z")
_NONE = {"0" * 32, "0" * 16}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:@/+=-]{1,128}\Z")


def continue_trace(traceparent: str | None) -> str:
    """A traceparent for our own work: the caller's trace and flags with a new span, or a new trace if theirs is bad."""
    match = _TRACEPARENT.match(traceparent or "")
    if match is None or not _NONE.isdisjoint(match.groups()):
        return f"00-{_hex(128)}-{_hex(64)}-01"
    return f"00-{match[1]}-{_hex(64)}-{match[3]}"


def trace_id(traceparent: str) -> str:
    return traceparent[3:35]


def request_id(given: str | None) -> str:
    """The caller's id if it is well-formed (no space, no control character, at most 128), else a new one."""
    return given if given and _REQUEST_ID.match(given) else _hex(128)


def _hex(bits: int) -> str:
    # Names, not secrets: the operating system's randomness costs a call into the kernel for each.
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"
