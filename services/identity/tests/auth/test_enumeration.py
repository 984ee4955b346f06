"""12: body, status, headers and time do not tell whether an address has an account.

The stated bound: the medians of known and unknown differ by less than 25 ms, or, where the machine is so busy that even
one hash takes longer, by less than a quarter of the quicker median.
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from support import PASSWORD, Api

ROUNDS = 12
TIME_BOUND_S = 0.025
TIME_BOUND_SHARE = 0.25
NOT_COMPARED = {"date", "x-request-id", "content-length"}


def shape(value: Any) -> Any:
    """Names and types, not values: ids and times are random in both."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return [shape(member) for member in value] if isinstance(value, list) else type(value).__name__


def timed(call: Callable[[], httpx2.Response]) -> tuple[float, httpx2.Response]:
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


def compare(ask: Callable[[str], httpx2.Response], known: list[str], unknown: list[str]) -> None:
    """Asks for each in turn, so that both meet the same machine."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for pair in zip(known, unknown, strict=True):
        answers = []
        for name, email in zip(times, pair, strict=True):
            seconds, answer = timed(lambda email=email: ask(email))  # type: ignore[misc]
            times[name].append(seconds)
            answers.append(answer)
        first, second = answers
        assert first.status_code == second.status_code
        assert shape(first.json()) == shape(second.json())
        heads = [{k: v for k, v in answer.headers.items() if k not in NOT_COMPARED} for answer in answers]
        assert heads[0] == heads[1]
    medians = {name: statistics.median(values) for name, values in times.items()}
    bound = max(TIME_BOUND_S, min(medians.values()) * TIME_BOUND_SHARE)
    assert abs(medians["known"] - medians["unknown"]) < bound, f"tells by its time: {medians}"


@pytest.fixture(scope="module")
def emails() -> Callable[[], str]:
    return lambda: f"ada.{uuid.uuid4().hex[:12]}@example.org"


@pytest.fixture
def confirmed(strict: Api, emails: Callable[[], str], admin_query: Callable[..., object]) -> list[str]:
    addresses = [emails() for _ in range(ROUNDS)]
    for address in addresses:
        strict.sign_up(address)
    admin_query("update account set email_confirmed_at = now() where email = any($1)", addresses)
    return addresses


@pytest.fixture
def unknown(emails: Callable[[], str]) -> list[str]:
    return [emails() for _ in range(ROUNDS)]


CALLS: dict[str, Callable[[Api, str], httpx2.Response]] = {
    "signup": lambda api, email: api.post("/signup", {"email": email, "password": PASSWORD, "data": {"name": "A"}}),
    "token": lambda api, email: api.sign_in(email, "wrong password"),
    "recover": lambda api, email: api.post("/recover", {"email": email}),
    "otp": lambda api, email: api.post("/otp", {"email": email, "create_user": False}),
    "resend": lambda api, email: api.post("/resend", {"type": "signup", "email": email}),
    "verify": lambda api, email: api.post("/verify", {"type": "email", "email": email, "token": "123456"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_known_and_unknown_look_the_same(strict: Api, confirmed: list[str], unknown: list[str], name: str) -> None:
    compare(lambda email: CALLS[name](strict, email), confirmed, unknown)


def test_the_measure_sees_a_difference(strict: Api, confirmed: list[str]) -> None:
    """The control: what cannot be an address is refused with the same words, but without hashing."""
    with pytest.raises(AssertionError, match="tells by its time"):
        compare(lambda email: strict.sign_in(email, "wrong password"), confirmed, ["no address"] * ROUNDS)
