"""Where a mailed link may send the browser. Everything that is not plainly allowed becomes the site's own address."""

import ipaddress
import re
from urllib.parse import SplitResult, urlencode, urlsplit

HOST = re.compile(r"[a-z0-9]([a-z0-9\-.]*[a-z0-9])?", re.IGNORECASE)
FORBIDDEN = re.compile(r"[\\\x00-\x20\x7f-\x9f]")


class Redirects:
    """`globs`: `*` stops at "." and "/", `**` does not; `?` is one character other than those two."""

    def __init__(self, site_url: str, globs: tuple[str, ...] = ()) -> None:
        self.site_url = site_url
        self._site = urlsplit(site_url)
        self._allowed = [_glob(pattern) for pattern in globs]

    def resolve(self, *candidates: str | None) -> str:
        """The first candidate that was given decides; if it is refused, the site's address is used, silently."""
        wanted = next((candidate for candidate in candidates if candidate), None)
        return wanted if wanted is not None and self.allows(wanted) else self.site_url

    def allows(self, url: str) -> bool:
        url = url.partition("#")[0]
        if FORBIDDEN.search(url):
            return False
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            return False
        if not _is_plain(parts):
            return False
        return self._is_site(parts) or any(pattern.fullmatch(url) for pattern in self._allowed)

    def _is_site(self, parts: SplitResult) -> bool:
        if (parts.scheme, parts.hostname) != (self._site.scheme, self._site.hostname):
            return False
        return _is_loopback(parts.hostname or "") or _port(parts) == _port(self._site)


def with_fragment(url: str, members: dict[str, str]) -> str:
    """`sb=` marks the fragment as the auth server's, so that a client leaves an app's own fragment alone."""
    return f"{url.partition('#')[0]}#{urlencode(members)}&sb="


def with_query(url: str, members: dict[str, str]) -> str:
    address, _, fragment = url.partition("#")
    joined = f"{address}{'&' if '?' in address else '?'}{urlencode(members)}"
    return f"{joined}#{fragment}" if fragment else joined


def _is_plain(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if "@" in parts.netloc or parts.scheme in ("javascript", "data", "vbscript", "file", "blob"):
        return False
    if parts.scheme not in ("http", "https"):
        return bool(parts.scheme) and HOST.fullmatch(host or "x") is not None  # an app's own scheme, if listed
    if _is_ip(host):
        return _is_loopback(host)
    return HOST.fullmatch(host) is not None and not _looks_numeric(host)


def _looks_numeric(host: str) -> bool:
    """127.1, 2130706433 and 0x7f000001 are addresses to a browser."""
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last, re.IGNORECASE) is not None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _port(parts: SplitResult) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _glob(pattern: str) -> re.Pattern[str]:
    wild = {"**": ".*", "*": r"[^./]*", "?": r"[^./]"}
    pieces = re.split(r"(\*\*|\*|\?)", pattern)
    return re.compile("".join(wild.get(piece, re.escape(piece)) for piece in pieces))
