"""Which headers cross the gateway, in both directions. Lists of what may pass, never of what may not.

Everything hop-by-hop (and whatever `Connection` names), every X-Internal-*, cookies and forwarding headers stay out
because they are not on a list; so do trailers, which no list could bring in.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from gateway.problems import Header

# What a client may tell a service. Our own (authorization, x-internal-*, request id, trace) are written by the gateway.
REQUEST = (
    b"accept",
    b"accept-language",
    b"content-type",
    b"idempotency-key",
    b"if-match",
    b"if-modified-since",
    b"if-none-match",
    b"if-unmodified-since",
    b"prefer",
    b"range",
    b"user-agent",
)
# Besides: what clients of the auth protocol send (auth-protocol.md 2.1, 6.6).
AUTH_REQUEST = (
    *REQUEST,
    b"apikey",
    b"authorization",
    b"redirect_to",
    b"referer",
    b"x-client-info",
    b"x-supabase-api-version",
)

RESPONSE = frozenset(
    (
        b"accept-post",
        b"accept-ranges",
        b"allow",
        b"content-disposition",
        b"content-language",
        b"content-length",
        b"content-range",
        b"content-type",
        b"etag",
        b"last-modified",
        b"link",
        b"location",
        b"retry-after",
        b"vary",
        b"www-authenticate",
        b"x-operation-id",
        b"x-total-count",
    )
)
AUTH_RESPONSE = RESPONSE | {b"cache-control", b"x-sb-error-code", b"x-supabase-api-version"}

# On every answer below /api (case S2).
API_SECURITY: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
AUTH_SECURITY: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"),)

# What may stand only once: two of them mean that somebody upstream of us may have read the other one.
SINGLE = frozenset(
    (
        b"authorization",
        b"content-length",
        b"content-type",
        b"expect",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"origin",
        b"transfer-encoding",
        b"x-request-id",
        b"x-workspace-id",
    )
)


def lines(headers: Iterable[Header]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def from_service(headers: Sequence[Header], allowed: frozenset[bytes]) -> list[Header]:
    """The part of a service's answer head that the client may see."""
    passed = [header for header in headers if header[0] in allowed]
    return [header if header[0] != b"location" else _public_location(header) for header in passed]


def from_auth(headers: Sequence[Header]) -> list[Header]:
    """The same for the auth protocol, whose redirects lead to other sites by design."""
    return [header for header in headers if header[0] in AUTH_RESPONSE]


def _public_location(header: Header) -> Header:
    # A service knows itself by an address of the inner network: only the path means something outside (case G9).
    parts = urlsplit(header[1].decode("latin-1"))
    query = f"?{parts.query}" if parts.query else ""
    return (b"location", f"{parts.path or '/'}{query}".encode("latin-1"))
