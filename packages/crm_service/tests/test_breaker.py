"""When calls are not tried, when one is, and when they are again. By a turned clock."""

from collections.abc import Callable

import pytest

from crm_service import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


@pytest.fixture
def fail(breaker: Breaker) -> Callable[[int], None]:
    def times(count: int) -> None:
        for _ in range(count):
            assert breaker.allows()
            breaker.failed()

    return times


def test_five_failures_in_a_row_open_it_and_four_do_not(breaker: Breaker, fail: Callable[[int], None]) -> None:
    fail(4)
    assert breaker.allows()
    breaker.succeeded()
    fail(5)

    assert not breaker.allows()
    assert breaker.retry_after_s() == 2.0


def test_half_of_twenty_within_ten_seconds_open_it(breaker: Breaker, clock: Clock) -> None:
    for call in range(19):
        clock.now += 0.1
        (breaker.failed if call % 2 else breaker.succeeded)()
    assert not breaker.is_open

    breaker.failed()
    assert breaker.is_open


def test_what_is_long_ago_does_not_count(breaker: Breaker, clock: Clock) -> None:
    for call in range(40):
        clock.now += 1
        (breaker.failed if call % 2 else breaker.succeeded)()

    assert not breaker.is_open


def test_one_probe_at_a_time_and_two_successes_close_it(
    breaker: Breaker, clock: Clock, fail: Callable[[int], None]
) -> None:
    fail(5)
    clock.now += 2
    assert breaker.allows()
    assert not breaker.allows()  # the probe is under way
    breaker.succeeded()
    assert breaker.is_open and breaker.allows()
    breaker.succeeded()

    assert not breaker.is_open
    assert all(breaker.allows() for _ in range(10))


def test_a_failed_probe_doubles_the_pause_up_to_thirty_seconds(
    breaker: Breaker, clock: Clock, fail: Callable[[int], None]
) -> None:
    fail(5)
    pauses = []
    for _ in range(6):
        pauses.append(breaker.retry_after_s())
        clock.now += breaker.retry_after_s()
        fail(1)

    assert pauses == [2, 4, 8, 16, 30, 30]


def test_a_probe_that_was_cancelled_lets_the_next_one_go(
    breaker: Breaker, clock: Clock, fail: Callable[[int], None]
) -> None:
    fail(5)
    clock.now += 2
    assert breaker.allows()
    breaker.abandoned()

    assert breaker.allows()


def test_after_closing_the_pause_begins_small_again(
    breaker: Breaker, clock: Clock, fail: Callable[[int], None]
) -> None:
    fail(5)
    clock.now += 2
    fail(1)
    clock.now += 4
    for _ in range(2):
        assert breaker.allows()
        breaker.succeeded()
    fail(5)

    assert breaker.retry_after_s() == 2.0
