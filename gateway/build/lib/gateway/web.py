"""Serves the built web app: one page for every address, and assets whose names change with their content."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from gateway import problems
from gateway.exchange import Exchange
from gateway.problems import Header

# Case S1. connect-src: the app talks to its own origin alone, sign-in included.
PAGE_SECURITY: tuple[Header, ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        b"frame-ancestors 'none'",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)
IMMUTABLE = b"public, max-age=31536000, immutable"
REVALIDATE = b"no-cache"
HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
COMPRESSIBLE = re.compile(r"text/|application/(json|javascript|manifest\+json|wasm|xml)|image/svg")
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # in the order of preference
COMPRESS_MIN_BYTES = 512


@dataclass(frozen=True, slots=True)
class Variant:
    body: bytes
    headers: tuple[Header, ...]
    etag: bytes


@dataclass(frozen=True, slots=True)
class Asset:
    """A file and its compressed forms, by content coding; "" is the file itself."""

    variants: dict[str, Variant]

    @classmethod
    def of(cls, path: Path, *, immutable: bool) -> "Asset":
        bodies = {"": path.read_bytes()}
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if COMPRESSIBLE.match(media_type):
            bodies.update(_compressed(path, bodies[""]))
        return cls({coding: _variant(body, coding, media_type, immutable) for coding, body in bodies.items()})

    def variant(self, accept_encoding: bytes) -> Variant:
        accepted = _codings(accept_encoding)
        return next((self.variants[c] for c in ENCODINGS if c in accepted and c in self.variants), self.variants[""])


class WebApp:
    """Holds the built app in memory (some hundred KB); read once, at start."""

    def __init__(self, folder: Path) -> None:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in ENCODINGS.values()]
        self._assets = {
            "/" + path.relative_to(folder).as_posix(): Asset.of(path, immutable=_is_hashed(path, folder))
            for path in files
        }

    async def __call__(self, x: Exchange) -> None:
        """The file at the address; the app's page where there is none, because the app has addresses of its own."""
        asset = self._assets.get(x.path)
        if asset is None:
            if x.path.startswith("/assets/") or "/index.html" not in self._assets:
                raise problems.not_found()
            asset = self._assets["/index.html"]
        await send_asset(x, asset)


async def send_asset(x: Exchange, asset: Asset) -> None:
    variant = asset.variant(x.headers.get(b"accept-encoding", b""))
    x.answer_headers += PAGE_SECURITY
    if variant.etag in [tag.strip() for tag in x.headers.get(b"if-none-match", b"").split(b",")]:
        await x.start(304, [header for header in variant.headers if header[0] != b"content-type"])
        await x.finish()
        return
    await x.answer(200, variant.headers, variant.body)


def _variant(body: bytes, coding: str, media_type: str, immutable: bool) -> Variant:
    etag = b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode()
    charset = "; charset=utf-8" if media_type.startswith("text/") or media_type.endswith("javascript") else ""
    headers: list[Header] = [
        (b"content-type", f"{media_type}{charset}".encode()),
        (b"cache-control", IMMUTABLE if immutable else REVALIDATE),
        (b"etag", etag),
        (b"vary", b"accept-encoding"),
    ]
    if coding:
        headers.append((b"content-encoding", coding.encode()))
    return Variant(body, tuple(headers), etag)


def _compressed(path: Path, body: bytes) -> dict[str, bytes]:
    """What the build left beside the file; gzip is made here where it did not."""
    found = {coding: Path(f"{path}{suffix}") for coding, suffix in ENCODINGS.items()}
    ready = {coding: file.read_bytes() for coding, file in found.items() if file.is_file()}
    if "gzip" not in ready and len(body) >= COMPRESS_MIN_BYTES:
        ready["gzip"] = gzip.compress(body, mtime=0)
    return {coding: smaller for coding, smaller in ready.items() if len(smaller) < len(body)}


def _is_hashed(path: Path, folder: Path) -> bool:
    return path.relative_to(folder).parts[0] == "assets" and HASHED.search(path.name) is not None


def _codings(accept_encoding: bytes) -> set[str]:
    """The codings that a client accepts; `gzip;q=0` refuses."""
    codings = set()
    for part in accept_encoding.decode("latin-1").split(","):
        coding, _, parameters = part.strip().lower().partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            codings.add(coding.strip())
    return codings
