"""Refuses heads that two programs could read in two ways, before anything is looked up (cases G5, G8, G10)."""

import re

from gateway import headers, problems
from gateway.exchange import Exchange
from gateway.problems import Refused
from gateway.settings import Settings

QUERY_PARAMETERS_MAX = 100

# What some server somewhere tidies: dot segments, doubled slashes, encoded slashes, backslashes, dots, NULs and percent
# signs, path parameters. Other escapes are data, and pass as they came.
AMBIGUOUS_PATH = re.compile(r"//|/\.{1,2}(?:/|$)|;|\\|%(?:2[eEfF5]|5[cC]|00|(?![0-9A-Fa-f]{2}))|[^\x21-\x7e]")
HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class HeadRules:
    def __init__(self, settings: Settings) -> None:
        self._hosts = frozenset(host.encode().lower() for host in settings.crm_hosts)

    async def __call__(self, x: Exchange) -> bool:
        if x.method in ("TRACE", "CONNECT"):
            raise problems.method_not_allowed(["GET", "HEAD", "OPTIONS"])
        if AMBIGUOUS_PATH.search(x.path):
            raise problems.bad_request("ambiguous_path", "The path can be read in more than one way.")
        if x.query.count(b"&") >= QUERY_PARAMETERS_MAX:
            raise problems.bad_request(
                "too_many_parameters", f"At most {QUERY_PARAMETERS_MAX} query parameters are read."
            )
        if len(x.headers) != len(x.scope["headers"]):
            _check_single(x)
        for name in x.headers:
            if b"_" in name and _passes_for_another(name):
                raise problems.bad_request("ambiguous_header", "Headers are not read with an underscore in their name.")
        self._check_host(x)
        expect = x.headers.get(b"expect")
        if expect is not None and expect.lower() != b"100-continue":
            raise Refused(417, "expectation_failed", "The only expectation that is met is 100-continue.", close=True)
        return False

    def _check_host(self, x: Exchange) -> None:
        host = x.headers.get(b"host", b"")
        if not HOST.fullmatch(host):
            raise problems.bad_request("bad_host", "One well-formed Host is needed.", close=True)
        if self._hosts and host.lower().rpartition(b":")[0] not in self._hosts and host.lower() not in self._hosts:
            raise problems.bad_request("unknown_host", "This host is not served here.", close=True)


def _passes_for_another(name: bytes) -> bool:
    """Some servers take `X_Internal_Key` for `X-Internal-Key`."""
    dashed = name.replace(b"_", b"-")
    return dashed.startswith(b"x-internal-") or dashed in headers.SINGLE


def _check_single(x: Exchange) -> None:
    seen = set()
    for name, _ in x.scope["headers"]:
        if name in headers.SINGLE and name in seen:
            raise problems.bad_request("repeated_header", f"{name.decode()} stands more than once.", close=True)
        seen.add(name)
