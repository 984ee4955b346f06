"""The bucket against a real Valkey: exact when shared, on the server's clock, local and bounded when it is away."""

import asyncio
import math
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from crm_cache import Buckets, LocalBuckets, Policy, Valkey, ValkeyDown
from crm_testkit import OwnValkey, eventually

TEST = Policy("user", quota=20, rate=10)
SLOW = Policy("user", quota=20, rate=0.01)  # refills nothing to speak of while a test runs


@pytest.fixture
def buckets(valkey: Valkey) -> Buckets:
    return Buckets(valkey, processes=2)


@pytest.fixture
async def elsewhere(neighbour: Valkey) -> AsyncIterator[Buckets]:
    """Another gateway, whose clock runs an hour ahead."""
    yield Buckets(neighbour, processes=2, clock=lambda: asyncio.get_running_loop().time() + 3600)


async def test_tokens_are_taken_and_told(buckets: Buckets) -> None:
    verdict = await buckets.take(SLOW, "ada", 5)

    assert (verdict.allowed, verdict.remaining, verdict.degraded) == (True, 15, False)
    assert verdict.reset_s == pytest.approx(500, abs=1)


@pytest.mark.parametrize("round_", range(5))
async def test_two_gateways_share_one_bucket_whatever_their_clocks_say(
    buckets: Buckets, elsewhere: Buckets, valkey: Valkey, round_: int
) -> None:
    began = await _server_time(valkey)
    verdicts = await asyncio.gather(*((buckets, elsewhere)[n % 2].take(TEST, f"r{round_}") for n in range(200)))
    took_s = await _server_time(valkey) - began

    admitted = sum(verdict.allowed for verdict in verdicts)
    assert TEST.quota <= admitted <= TEST.quota + math.ceil(TEST.rate * took_s)
    assert not any(verdict.degraded for verdict in verdicts)


async def _server_time(valkey: Valkey) -> float:
    seconds, micros = await valkey.ask("TIME", timeout_s=1)
    return int(seconds) + int(micros) / 1e6


async def test_admitted_over_time_is_the_burst_and_the_rate(buckets: Buckets, valkey: Valkey) -> None:
    fast = Policy("user", quota=20, rate=100)
    admitted = 0
    began = now = await _server_time(valkey)
    while now - began < 2:
        verdicts = await asyncio.gather(*(buckets.take(fast, "steady") for _ in range(10)))
        admitted += sum(verdict.allowed for verdict in verdicts)
        now = await _server_time(valkey)

    assert admitted == pytest.approx(20 + 100 * (now - began), rel=0.02, abs=1)


async def test_a_refusal_takes_and_stores_nothing(buckets: Buckets, valkey: Valkey) -> None:
    await buckets.take(SLOW, "ada", 1)
    before = await _stored(valkey)

    refused = await buckets.take(SLOW, "ada", 20)
    assert (refused.allowed, refused.remaining) == (False, 19)
    assert await _stored(valkey) == before
    assert (await buckets.take(SLOW, "ada", 19)).allowed


async def _stored(valkey: Valkey) -> object:
    return await valkey.ask("HGETALL", "rl:{user:ada}")


async def test_waiting_as_long_as_told_is_enough(buckets: Buckets) -> None:
    policy = Policy("user", quota=2, rate=5)
    while (verdict := await buckets.take(policy, "ada")).allowed:
        pass

    await asyncio.sleep(verdict.retry_after_s)
    assert (await buckets.take(policy, "ada")).allowed


async def test_a_cost_above_the_quota_needs_a_full_bucket(buckets: Buckets) -> None:
    assert (await buckets.take(SLOW, "ada", 50)).allowed
    assert not (await buckets.take(SLOW, "ada", 50)).allowed


async def test_a_full_bucket_leaves_no_key(buckets: Buckets, valkey: Valkey) -> None:
    policy = Policy("user", quota=2, rate=10)
    await buckets.take(policy, "ada", 2)
    assert await valkey.ask("EXISTS", "rl:{user:ada}") == 1

    async def gone() -> bool:
        return bool(await valkey.ask("EXISTS", "rl:{user:ada}") == 0)

    await eventually(gone, within_s=1.2)


async def test_flushed_scripts_are_no_error(buckets: Buckets, valkey: Valkey) -> None:
    async def flush() -> None:
        for _ in range(20):
            await valkey.ask("SCRIPT", "FLUSH")
            await asyncio.sleep(0)

    flushing = asyncio.create_task(flush())
    verdicts = [await buckets.take(SLOW, f"key{n}") for n in range(200)]
    await flushing
    assert all(verdict.allowed and not verdict.degraded for verdict in verdicts)


async def test_garbage_in_the_key_counts_as_a_full_bucket(buckets: Buckets, valkey: Valkey) -> None:
    await valkey.ask("HSET", "rl:{user:ada}", "level", "many", "at", "once")

    assert (await buckets.take(SLOW, "ada")).remaining == 19


class TestAway:
    @pytest.mark.parametrize("fault", ["kill", "freeze"])
    async def test_limits_go_on_as_local_shares_and_come_back_shared(
        self, own_valkey: OwnValkey, buckets: Buckets, valkey: Valkey, fault: str
    ) -> None:
        getattr(own_valkey, fault)()
        admitted = 0
        loop = asyncio.get_running_loop()
        for _ in range(100):
            started = loop.time()
            admitted += (await buckets.take(SLOW, "ada")).allowed
            slowest = loop.time() - started
        assert admitted == SLOW.quota / 2  # this process's share
        assert slowest < 0.005  # the last one waits for nobody any more
        assert REGISTRY.get_sample_value("ratelimit_degraded") == 1

        own_valkey.start() if fault == "kill" else own_valkey.thaw()
        await eventually(lambda: valkey.is_up, within_s=5)
        assert not (await buckets.take(SLOW, "ada")).degraded
        assert REGISTRY.get_sample_value("ratelimit_degraded") == 0

    async def test_an_outage_is_no_fresh_burst(self, own_valkey: OwnValkey, buckets: Buckets) -> None:
        assert (await buckets.take(SLOW, "ada", 17)).remaining == 3
        own_valkey.kill()
        verdicts = [await buckets.take(SLOW, "ada") for _ in range(10)]
        assert [verdict.allowed for verdict in verdicts] == [True] * 3 + [False] * 7

    async def test_the_first_call_of_an_outage_waits_no_longer_than_its_timeout(
        self, own_valkey: OwnValkey, buckets: Buckets
    ) -> None:
        own_valkey.freeze()
        started = asyncio.get_running_loop().time()

        assert (await buckets.take(SLOW, "ada")).degraded
        assert asyncio.get_running_loop().time() - started < 0.06

    async def test_control_without_the_fallback_the_call_would_fail(
        self, own_valkey: OwnValkey, valkey: Valkey
    ) -> None:
        own_valkey.kill()
        await eventually(lambda: not valkey.is_up)

        with pytest.raises(ValkeyDown):
            await valkey.ask("PING")


calls = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 25)), min_size=1, max_size=40)


class TestLaw:
    @given(calls)
    @settings(max_examples=200)
    def test_no_window_ever_grants_more_than_burst_and_rate(self, calls: list[tuple[float, int]]) -> None:
        now = 0.0
        local = LocalBuckets(1, lambda: now)
        grants: list[tuple[float, int]] = []
        for pause_s, cost in calls:
            now += pause_s
            if local.take(TEST, "ada", min(cost, TEST.quota)).allowed:
                grants.append((now, min(cost, TEST.quota)))

        for begin, (since, _) in enumerate(grants):
            for until, _ in grants[begin:]:
                granted = sum(cost for at, cost in grants if since <= at <= until)
                assert granted <= TEST.quota + TEST.rate * (until - since) + 1e-6

    @given(calls)
    @settings(max_examples=200)
    def test_the_wait_that_is_told_is_the_shortest_that_passes(self, calls: list[tuple[float, int]]) -> None:
        now = 0.0
        local = LocalBuckets(1, lambda: now)
        for pause_s, cost in calls:
            now += pause_s
            verdict = local.take(TEST, "ada", min(cost, TEST.quota))
            if not verdict.allowed:
                now += verdict.retry_after_s * 0.9
                assert not local.take(TEST, "ada", min(cost, TEST.quota)).allowed
                now += verdict.retry_after_s * 0.1 + 1e-6
                assert local.take(TEST, "ada", min(cost, TEST.quota)).allowed

    @given(calls=calls)
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_the_script_decides_as_the_local_bucket_does(
        self, buckets: Buckets, valkey: Valkey, calls: list[tuple[float, int]]
    ) -> None:
        """Time passes for the script by moving `at` back: its clock is the server's."""
        policy = Policy("user", quota=20, rate=0.5)
        now = 0.0
        local = LocalBuckets(1, lambda: now)
        await valkey.ask("DEL", "rl:{user:law}")
        for pause_s, cost in calls:
            now += pause_s
            if at := await valkey.ask("HGET", "rl:{user:law}", "at"):
                await valkey.ask("HSET", "rl:{user:law}", "at", int(at) - int(pause_s * 1e6))
                await valkey.ask("PERSIST", "rl:{user:law}")
            ours, theirs = local.take(policy, "law", min(cost, 20)), await buckets.take(policy, "law", cost)
            # Real time passes too, some milliseconds: only what is that close may be decided otherwise.
            assert ours.allowed == theirs.allowed or abs(ours.retry_after_s - theirs.retry_after_s) < 0.5
            assert abs(ours.remaining - theirs.remaining) <= 1
            if ours.allowed != theirs.allowed:
                return
