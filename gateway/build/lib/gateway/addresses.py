"""Where a request comes from, as far as that can be known."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from gateway.settings import Networks


def client_address(peer: str, headers: Mapping[bytes, bytes], trusted: Networks) -> str:
    """The peer; or, behind trusted proxies, the rightmost address of X-Forwarded-For that is not one of them.

    What stands further left was written by whoever stands further left, so it may be made up.
    """
    if not trusted or not _is_trusted(peer, trusted):
        return peer
    address = peer
    for part in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
        candidate = part.strip()
        if not _is_address(candidate):
            break
        address = candidate
        if not _is_trusted(candidate, trusted):
            break
    return address


@lru_cache(maxsize=4096)
def bucket_address(address: str) -> str:
    """One household, one bucket: an IPv6 subscriber has a whole /64 to send from."""
    if ":" not in address:
        return address
    parsed = ipaddress.IPv6Address(address.partition("%")[0])
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)).network_address) + "/64"


@lru_cache(maxsize=4096)
def _is_trusted(address: str, trusted: Networks) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
