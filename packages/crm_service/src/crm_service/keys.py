"""The issuers that a service believes: ours always, the hosted one beside it when it is set."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import aiohttp

from crm_auth import Issuer, KeySet, Verifier
from crm_service.settings import ServiceSettings

Fetch = Callable[[], Awaitable[bytes]]

_KEY_SET_PATH = "/auth/v1/.well-known/jwks.json"
_BODY_MAX_BYTES = 65_536
# The key set's own timing bounds a fetch by 2 s; this only keeps a socket from outliving it.
_TIMEOUT = aiohttp.ClientTimeout(total=2)


@asynccontextmanager
async def open_verifier(settings: ServiceSettings, name: str, *, own: Fetch | None) -> AsyncIterator[Verifier]:
    """A verifier over the configured issuers. `own`: identity reads its keys where they are."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        proof = {"X-Internal-Key": settings.crm_internal_key, "X-Internal-Caller": name}
        fetch = own or _fetch(session, settings.crm_identity_url.split(","), proof)
        issuers = [Issuer(f"{settings.crm_public_url.rstrip('/')}/auth/v1", KeySet(fetch))]
        if settings.supabase_url:
            issuers.append(_hosted(session, settings))
        yield Verifier(issuers)


def _hosted(session: aiohttp.ClientSession, settings: ServiceSettings) -> Issuer:
    base = settings.supabase_url.rstrip("/")
    secret = settings.supabase_jwt_secret.encode() or None
    return Issuer(
        f"{base}/auth/v1",
        KeySet(_fetch(session, [base], {})),
        algorithms=("ES256", "RS256"),
        legacy_secret=secret,
    )


def _fetch(session: aiohttp.ClientSession, bases: Sequence[str], headers: dict[str, str]) -> Fetch:
    """The key set of the first instance that answers."""

    async def fetch() -> bytes:
        for base in bases:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                return await _get(session, base.strip().rstrip("/") + _KEY_SET_PATH, headers)
        raise ConnectionError("no instance answered with a key set")

    return fetch


async def _get(session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> bytes:
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        if answer.status != 200:
            raise ConnectionError(f"key set answered {answer.status}")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > _BODY_MAX_BYTES:
                raise ConnectionError("key set larger than allowed")
        return bytes(body)
