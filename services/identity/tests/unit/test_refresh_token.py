"""The form of the refresh token (auth-protocol 5.3), byte by byte."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from identity.sessions.refresh_token import COUNTER_MAX, Malformed, make, parse
from identity.sessions.rules import Meaning, meaning

KEY = bytes(range(32))
SESSION = UUID("7b6d1b1e-3c55-4f0e-9a8b-0c2d4e6f8a10")


def decoded(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def rechecked(unchecked: bytes) -> str:
    return encoded(unchecked + hashlib.sha256(unchecked).digest()[:4])


class TestForm:
    def test_is_what_the_protocol_says(self) -> None:
        raw = decoded(make(KEY, SESSION, 300))
        signed = b"\x00" + SESSION.bytes + b"\xac\x02"  # 300 as LEB128
        assert raw[:19] == signed
        assert raw[19:35] == hmac.digest(KEY, signed, hashlib.sha256)[:16]
        assert raw[35:] == hashlib.sha256(raw[:35]).digest()[:4]

    @pytest.mark.parametrize("counter", [0, 1, 127, 128, 16_383, 16_384, COUNTER_MAX])
    def test_comes_back(self, counter: int) -> None:
        presented = parse(make(KEY, SESSION, counter))
        assert (presented.session_id, presented.counter) == (SESSION, counter)
        assert presented.is_genuine(KEY)

    def test_another_key_signed_something_else(self) -> None:
        assert not parse(make(KEY, SESSION, 7)).is_genuine(bytes(32))


class TestForgery:
    def test_every_flipped_bit_is_malformed_or_not_genuine(self) -> None:
        raw = decoded(make(KEY, SESSION, 5))
        for place in range(len(raw) * 8):
            flipped = bytearray(raw)
            flipped[place // 8] ^= 1 << place % 8
            with pytest.raises(Malformed):
                parse(encoded(bytes(flipped)))
            unchecked = bytes(flipped[:-4])
            if unchecked == raw[:-4]:
                continue
            try:
                assert not parse(rechecked(unchecked)).is_genuine(KEY)
            except Malformed:
                continue  # the version, or a varint that ended elsewhere

    def test_another_session_with_my_signature(self) -> None:
        raw = decoded(make(KEY, SESSION, 5))
        assert not parse(rechecked(raw[:1] + uuid4().bytes + raw[17:-4])).is_genuine(KEY)

    def test_a_second_spelling_is_refused(self) -> None:
        token = make(KEY, SESSION, 5)
        long_varint = b"\x00" + SESSION.bytes + b"\x85\x00"
        signature = hmac.digest(KEY, long_varint, hashlib.sha256)[:16]
        for other in (token + "=", token + "\n", " " + token, rechecked(long_varint + signature)):
            with pytest.raises(Malformed):
                parse(other)

    @pytest.mark.parametrize("junk", ["", "a", "ÿ", "v1.MjAyNg", "AAAA", "A" * 200, "mcrm_abc", "\x00" * 50])
    def test_junk_is_malformed(self, junk: str) -> None:
        with pytest.raises(Malformed):
            parse(junk)

    def test_a_counter_beyond_the_column_is_malformed(self) -> None:
        signed = b"\x00" + SESSION.bytes + b"\xff" * 9 + b"\x01"
        with pytest.raises(Malformed):
            parse(rechecked(signed + hmac.digest(KEY, signed, hashlib.sha256)[:16]))


class TestMeaning:
    @pytest.mark.parametrize(
        ("presented", "since_s", "expected"),
        [
            (5, 0, Meaning.CURRENT),
            (5, 86_400, Meaning.CURRENT),
            (4, 0, Meaning.REPEATED),
            (4, 86_400, Meaning.REPEATED),  # our last answer was lost, whenever that was
            (3, 9, Meaning.REPEATED),  # tabs at once
            (3, 10, Meaning.REUSED),
            (0, 11, Meaning.REUSED),
            (6, 0, Meaning.RESTORED),
            (500, 86_400, Meaning.RESTORED),
        ],
    )
    def test_of_each_row_of_the_table(self, presented: int, since_s: int, expected: Meaning) -> None:
        found = meaning(presented, 5, since_refresh=timedelta(seconds=since_s), reuse_interval=timedelta(seconds=10))
        assert found is expected
