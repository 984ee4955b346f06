"""A flood of unknown kids costs nothing, an outage is bridged, a rotation is seen. All by turned clocks."""

import asyncio
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from crm_auth import InvalidToken, KeySet, KeysUnavailable, Verifier
from crm_auth.key_set import parse_key_set


async def test_many_at_once_make_one_fetch(keys: KeySet, published: Any) -> None:
    await asyncio.gather(*(keys.find("key-1") for _ in range(100)))

    assert published.fetches == 1


@pytest.mark.parametrize("emptied", [False, True])
async def test_a_flood_of_unknown_kids_makes_one_fetch_in_thirty_seconds(
    keys: KeySet, published: Any, clock: Any, emptied: bool
) -> None:
    await keys.find("key-1")
    if emptied:
        published.body = b'{"keys": []}'
    clock.now += 60
    before = published.fetches

    for number in range(2000):
        clock.now += 0.01
        with pytest.raises(InvalidToken):
            await keys.find(f"random-{number}")
    assert published.fetches == before + 1
    assert await keys.find("key-1")  # cached keys are kept


async def test_a_rotation_during_the_flood_is_seen_within_35_seconds(keys: KeySet, published: Any, clock: Any) -> None:
    await keys.find("key-1")
    clock.now += 60
    rotated_at = seen_at = 0.0
    for number in range(700):
        clock.now += 0.1
        if number == 50:
            published.keys.append(ECKey.generate_key("P-256", {"kid": "key-2"}))
            rotated_at = clock.now
        with pytest.raises(InvalidToken):
            await keys.find(f"random-{number}")
        if rotated_at and not seen_at:
            try:
                await keys.find("key-2")
                seen_at = clock.now
            except InvalidToken:
                pass

    assert 0 < seen_at - rotated_at <= 35


async def test_a_kid_that_was_not_there_is_remembered(keys: KeySet, published: Any, clock: Any) -> None:
    await keys.find("key-1")
    clock.now += 60
    for _ in range(3):
        with pytest.raises(InvalidToken):
            await keys.find("missing")
        clock.now += 31  # the cooldown alone would allow another fetch
    assert published.fetches == 2

    clock.now += 300
    with pytest.raises(InvalidToken):
        await keys.find("missing")
    assert published.fetches == 3


async def test_keys_are_renewed_before_they_are_old_without_making_anybody_wait(
    keys: KeySet, published: Any, clock: Any
) -> None:
    await keys.find("key-1")
    clock.now += 479
    await keys.find("key-1")
    await asyncio.sleep(0)
    assert published.fetches == 1

    clock.now += 2
    await keys.find("key-1")
    await asyncio.sleep(0)
    assert published.fetches == 2


async def test_a_revoked_key_is_gone_within_ten_minutes_and_at_once_by_command(
    keys: KeySet, published: Any, clock: Any
) -> None:
    await keys.find("key-1")
    published.keys = [ECKey.generate_key("P-256", {"kid": "key-2"})]
    assert await keys.find("key-1")  # the control: still cached

    clock.now += 600
    with pytest.raises(InvalidToken):
        await keys.find("key-1")

    published.keys = [ECKey.generate_key("P-256", {"kid": "key-3"})]
    keys.expire()
    with pytest.raises(InvalidToken):
        await keys.find("key-2")


class TestIssuerDown:
    async def test_known_keys_go_on_for_a_day_and_no_longer(self, keys: KeySet, published: Any, clock: Any) -> None:
        await keys.find("key-1")
        published.error = ConnectionError("away")

        for _ in range(23):
            clock.now += 3600
            assert await keys.find("key-1")
        with pytest.raises(InvalidToken):
            await keys.find("unknown")
        clock.now += 2 * 3600
        with pytest.raises(KeysUnavailable):
            await keys.find("key-1")

    async def test_a_cold_start_is_unavailable_and_not_a_crash(self, keys: KeySet, published: Any, clock: Any) -> None:
        published.error = ConnectionError("away")
        with pytest.raises(KeysUnavailable) as refused:
            await keys.find("key-1")
        assert (refused.value.status, refused.value.retry_after_s) == (503, 1.0)
        with pytest.raises(KeysUnavailable):
            await keys.ping()

        published.error = None
        clock.now += 1.1
        await keys.ping()
        assert await keys.find("key-1")

    async def test_a_cold_start_asks_an_absent_issuer_four_times_a_second_at_most(
        self, keys: KeySet, published: Any, clock: Any
    ) -> None:
        published.error = ConnectionError("away")
        for _ in range(100):
            clock.now += 0.1
            with pytest.raises(KeysUnavailable):
                await keys.find("key-1")
        assert published.fetches <= 40

    async def test_who_hangs_up_does_not_cancel_the_fetch_of_the_others(self, published: Any, clock: Any) -> None:
        gate = asyncio.Event()

        async def slow() -> bytes:
            await gate.wait()
            body: bytes = await published.fetch()
            return body

        keys = KeySet(slow, clock=clock)
        first, second = asyncio.create_task(keys.find("key-1")), asyncio.create_task(keys.find("key-1"))
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        assert (await second)[0] == "ES256"


class TestDocument:
    def _set(self, *entries: dict[str, Any]) -> bytes:
        return json.dumps({"keys": list(entries)}).encode()

    @pytest.mark.filterwarnings("ignore:Key size should be")  # joserfc warns; we refuse
    def test_only_public_signing_keys_that_we_can_use_are_taken(self) -> None:
        good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
        others = [
            OKPKey.generate_key("Ed25519", {"kid": "okp"}).as_dict(private=False),
            OctKey.generate_key(256, {"kid": "oct"}).as_dict(),
            ECKey.generate_key("P-384", {"kid": "p384"}).as_dict(private=False),
            {**ECKey.generate_key("P-256", {"kid": "enc"}).as_dict(private=False), "use": "enc"},
            {**ECKey.generate_key("P-256", {"kid": "alg"}).as_dict(private=False), "alg": "ES384"},
            {**good, "kid": 7},
            {**good, "kid": "broken", "x": "AAAA"},
            RSAKey.generate_key(1024, {"kid": "weak"}).as_dict(private=False),
        ]

        assert parse_key_set(self._set(*others, good)).keys() == {"good"}

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": []}', b'{"keys": [1]}', b"\xff"])
    def test_what_holds_no_usable_key_is_an_error(self, body: bytes) -> None:
        with pytest.raises(ValueError):
            parse_key_set(body)

    def test_a_document_that_is_too_large_is_an_error(self) -> None:
        good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
        with pytest.raises(ValueError, match="larger"):
            parse_key_set(self._set(good, {"pad": "x" * 70_000}))


async def test_the_verifier_survives_the_flood_for_its_valid_users(
    verifier: Verifier, sign: Any, published: Any, clock: Any
) -> None:
    good = sign.token()
    await verifier.verify(good)
    clock.now += 60
    stranger = ECKey.generate_key("P-256")
    for number in range(200):
        with pytest.raises(InvalidToken):
            await verifier.verify(sign.token(key=stranger, header={"kid": f"random-{number}"}))
        assert await verifier.verify(good)
    assert published.fetches == 2
