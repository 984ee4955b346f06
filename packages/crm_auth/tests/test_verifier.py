"""A token is verified once and remembered: until it expires, its session ends, its key is revoked, or there is no
room.
"""

from typing import Any
from uuid import UUID

import pytest

from crm_auth import InvalidToken, Issuer, Verifier

ISSUER = "https://crm.test/auth/v1"
SESSION = UUID("0c3d7e55-97a6-4b39-8a4b-1d2e3f405060")


async def test_a_remembered_token_is_not_verified_again(
    verifier: Verifier, sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign.token()
    first = await verifier.verify(token)
    monkeypatch.setattr("crm_auth.verifier._check_signature", _must_not_run)

    assert await verifier.verify(token) is first


def _must_not_run(*_: object) -> None:
    raise AssertionError("verified again")


async def test_it_is_refused_once_it_has_expired(verifier: Verifier, sign: Any, clock: Any) -> None:
    token = sign.token(exp=int(clock()) + 60)
    await verifier.verify(token)
    clock.now += 60 + 29
    await verifier.verify(token)

    clock.now += 2
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


async def test_an_ended_session_is_refused_until_its_tokens_are_over(verifier: Verifier, sign: Any, clock: Any) -> None:
    token, other = sign.token(), sign.token(session_id="11111111-2222-4333-8444-555555555555")
    await verifier.verify(token)
    verifier.forget(SESSION, refuse_until=clock() + 3600)

    with pytest.raises(InvalidToken):
        await verifier.verify(token)
    with pytest.raises(InvalidToken):
        await verifier.verify(sign.token(email="new@example.org"))  # another token of the same session
    assert await verifier.verify(other)


async def test_forgetting_without_an_end_only_means_looking_again(verifier: Verifier, sign: Any) -> None:
    token = sign.token()
    first = await verifier.verify(token)
    verifier.forget(SESSION)

    again = await verifier.verify(token)
    assert again == first and again is not first


async def test_after_a_revocation_every_token_is_checked_against_the_keys(
    verifier: Verifier, sign: Any, published: Any
) -> None:
    token = sign.token()
    await verifier.verify(token)
    published.keys = [type(published.keys[0]).generate_key("P-256", {"kid": "key-2"})]
    assert await verifier.verify(token)  # the control: remembered

    verifier.forget_all()
    with pytest.raises(InvalidToken):
        await verifier.verify(token)


async def test_the_memory_is_bounded_and_holds_no_token(keys: Any, sign: Any, clock: Any) -> None:
    verifier = Verifier([Issuer(ISSUER, keys)], remember_max=10, clock=clock)
    tokens = [sign.token(jti=str(number)) for number in range(30)]
    for token in tokens:
        await verifier.verify(token)

    assert len(verifier._remembered) == 10
    assert sum(len(digests) for digests in verifier._by_session.values()) == 10
    assert not any(token.encode() in map(bytes, verifier._remembered) for token in tokens)


async def test_two_issuers_are_told_apart(published: Any, keys: Any, sign: Any, clock: Any) -> None:
    verifier = Verifier([Issuer(ISSUER, keys), Issuer("https://hosted.test/auth/v1", keys)], clock=clock)

    assert (
        await verifier.verify(sign.token(iss="https://hosted.test/auth/v1"))
    ).issuer == "https://hosted.test/auth/v1"
    with pytest.raises(InvalidToken):
        await verifier.verify(sign.token(iss="https://other.test/auth/v1"))
