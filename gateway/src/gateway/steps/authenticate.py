"""Proves who is calling, by a user's JWT or by an API token that stands for one."""

from crm_auth import InvalidToken, KeysUnavailable, Verifier
from gateway import problems
from gateway.exchange import Exchange
from gateway.members import Members

API_TOKEN = "mcrm_"  # noqa: S105


class Authenticate:
    def __init__(self, verifier: Verifier, members: Members) -> None:
        self._verifier = verifier
        self._members = members

    async def __call__(self, x: Exchange) -> bool:
        if x.matched.public:
            return False
        token = bearer(x.headers.get(b"authorization"))
        if token.startswith(API_TOKEN):
            x.exchanged = await self._members.exchange(token)
            token = x.exchanged.jwt
        try:
            x.claims = await self._verifier.verify(token)
        except InvalidToken as error:
            raise problems.unauthenticated() from error
        except KeysUnavailable as error:
            raise problems.unavailable(
                "The keys to check tokens with cannot be had yet.", code="keys_unavailable"
            ) from error
        x.token = token
        return False


def bearer(header: bytes | None) -> str:
    """The token of an Authorization header; raises 401 when there is none."""
    if header is None:
        raise problems.unauthenticated("no_token")
    scheme, _, token = header.partition(b" ")
    if scheme.lower() != b"bearer" or not token:
        raise problems.unauthenticated()
    return token.decode("latin-1")
