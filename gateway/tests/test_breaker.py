"""The breaker's states, on a clock of the test's own."""

import asyncio

import pytest

from crm_testkit import eventually
from gateway.upstream import breaker as module
from gateway.upstream.breaker import Breaker, State


class Instance:
    """What the breaker guards: alive or not, and asked how often."""

    def __init__(self) -> None:
        self.alive = False
        self.asked = 0
        self.now = 0.0

    async def probe(self) -> bool:
        self.asked += 1
        return self.alive


@pytest.fixture
def instance() -> Instance:
    return Instance()


@pytest.fixture
async def breaker(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Breaker:
    monkeypatch.setattr(module, "PROBE_EVERY_S", 0.01)
    return Breaker(instance.probe, now=lambda: instance.now)


async def _open(breaker: Breaker) -> None:
    for _ in range(5):
        assert breaker.admits()
        breaker.failed()
    assert breaker.state is State.OPEN


async def test_it_opens_on_five_failures_in_a_row_and_not_on_four(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.failed()
    breaker.succeeded()
    for _ in range(4):
        breaker.failed()
    assert breaker.state is State.CLOSED
    breaker.failed()
    assert (breaker.state, breaker.admits()) == (State.OPEN, False)
    await breaker.close()


async def test_it_opens_on_half_of_twenty_within_ten_seconds(breaker: Breaker, instance: Instance) -> None:
    for _ in range(9):
        breaker.failed()
        breaker.succeeded()
    assert breaker.state is State.CLOSED
    breaker.failed()
    breaker.failed()
    assert breaker.state is State.OPEN
    await breaker.close()


async def test_old_failures_are_forgotten(breaker: Breaker, instance: Instance) -> None:
    for _ in range(30):
        breaker.failed()
        breaker.succeeded()
        instance.now += 2
    assert breaker.state is State.CLOSED


async def test_it_turns_half_open_when_the_instance_is_alive_and_closes_after_two_successes(
    breaker: Breaker, instance: Instance
) -> None:
    await _open(breaker)
    await eventually(lambda: instance.asked >= 3)
    assert breaker.state is State.OPEN
    instance.alive = True
    await eventually(lambda: breaker.state is State.HALF_OPEN)
    assert [breaker.admits(), breaker.admits()] == [True, False]
    breaker.succeeded()
    assert (breaker.state, breaker.admits()) == (State.HALF_OPEN, True)
    breaker.succeeded()
    assert (breaker.state, breaker.admits(), breaker.admits()) == (State.CLOSED, True, True)


async def test_a_failed_trial_opens_it_again_for_longer(
    breaker: Breaker, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_OPEN_S", 0.2)
    instance.alive = True
    await _open(breaker)
    for wait_s in (0.2, 0.4):
        await eventually(lambda: breaker.state is State.HALF_OPEN)
        assert breaker.admits()
        breaker.failed()
        reopened = asyncio.get_running_loop().time()
        await eventually(lambda: breaker.state is State.HALF_OPEN)
        assert asyncio.get_running_loop().time() - reopened >= wait_s
    await breaker.close()


async def test_a_trial_whose_caller_left_makes_room_for_another(breaker: Breaker, instance: Instance) -> None:
    instance.alive = True
    await _open(breaker)
    await eventually(lambda: breaker.state is State.HALF_OPEN)
    assert breaker.admits()
    breaker.dropped()
    assert breaker.admits()
    await breaker.close()
