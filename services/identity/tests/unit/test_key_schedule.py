"""The rotation that the worker does by itself: each step in its time, one at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from identity.keys.model import SigningKey, State, new_key
from identity.keys.schedule import next_step

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = new_key("ES256")


def key(state: State, age: timedelta) -> SigningKey:
    return SigningKey(uuid4(), "ES256", state, NOW - age, NOW - age, KEY)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([(State.CURRENT, timedelta(days=89))], None),
        ([(State.CURRENT, timedelta(days=91))], "standby"),
        ([(State.CURRENT, timedelta(days=91)), (State.STANDBY, timedelta(minutes=19))], None),
        ([(State.CURRENT, timedelta(days=91)), (State.STANDBY, timedelta(minutes=21))], "rotate"),
        ([(State.CURRENT, timedelta(minutes=1)), (State.PREVIOUS, timedelta(minutes=74))], None),
        ([(State.CURRENT, timedelta(minutes=1)), (State.PREVIOUS, timedelta(minutes=76))], "revoke"),
        ([(State.CURRENT, timedelta(days=1)), (State.REVOKED, timedelta(days=9))], None),
    ],
)
def test_the_step_that_is_due(keys: list[tuple[State, timedelta]], expected: str | None) -> None:
    step = next_step([key(*one) for one in keys], NOW, max_age=timedelta(days=90), token_ttl_s=3600)
    assert (None if step is None else step[0]) == expected
