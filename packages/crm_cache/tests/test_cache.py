"""Nobody reads what was true before their own write: not by a race, not by an outage, not by what was in the cache
before.
"""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from crm_cache import Cache, Valkey
from crm_testkit import OwnValkey, eventually

WORKSPACE = UUID("018f2f6e-7d1a-7c3a-b1a2-000000000001")


class Database:
    """Stands where the query stands: counts how often it is asked, and may be slow."""

    def __init__(self) -> None:
        self.value = b'{"version":1}'
        self.queries = 0
        self.gate: asyncio.Event | None = None

    async def load(self) -> bytes:
        self.queries += 1
        value = self.value
        if self.gate is not None:
            await self.gate.wait()
        return value


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def cache(valkey: Valkey) -> Cache:
    return Cache(valkey, name="people")


@pytest.fixture
def elsewhere(neighbour: Valkey) -> Cache:
    """The cache of another process of the same service."""
    return Cache(neighbour, name="people")


async def _kept(valkey: Valkey) -> list[bytes]:
    keys: list[bytes] = await valkey.ask("KEYS", "people:*:record")
    return keys


async def _warm(cache: Cache, valkey: Valkey, database: Database) -> None:
    await cache.load(WORKSPACE, "record", database.load)
    await eventually(lambda: _kept(valkey))


def _count(outcome: str) -> float:
    return REGISTRY.get_sample_value("cache_requests_total", {"cache": "people", "outcome": outcome}) or 0.0


async def test_a_second_read_asks_no_database_in_any_process(
    cache: Cache, elsewhere: Cache, valkey: Valkey, database: Database
) -> None:
    await _warm(cache, valkey, database)
    hits = _count("hit")

    assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":1}'
    assert await elsewhere.load(WORKSPACE, "record", database.load) == b'{"version":1}'
    assert database.queries == 1
    assert _count("hit") == hits + 2


@pytest.mark.parametrize("bumped", [True, False])
async def test_after_a_bump_the_new_value_is_read_in_every_process(
    cache: Cache, elsewhere: Cache, valkey: Valkey, database: Database, bumped: bool
) -> None:
    await _warm(cache, valkey, database)
    database.value = b'{"version":2}'
    if bumped:
        await cache.bump(WORKSPACE)

    # Without the bump the old value must be seen, or this test would prove nothing.
    assert await elsewhere.load(WORKSPACE, "record", database.load) == (
        b'{"version":2}' if bumped else b'{"version":1}'
    )


async def test_a_load_that_overlaps_a_write_is_not_kept_for_others(
    cache: Cache, valkey: Valkey, database: Database
) -> None:
    database.gate = asyncio.Event()
    slow = asyncio.create_task(cache.load(WORKSPACE, "record", database.load))
    await eventually(lambda: database.queries)
    database.value = b'{"version":2}'
    await cache.bump(WORKSPACE)
    database.gate.set()
    assert await slow == b'{"version":1}'
    await eventually(lambda: _kept(valkey))

    assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":2}'


async def test_who_reads_after_a_write_does_not_join_a_load_from_before(cache: Cache, database: Database) -> None:
    database.gate = asyncio.Event()
    before = asyncio.create_task(cache.load(WORKSPACE, "record", database.load))
    await eventually(lambda: database.queries)
    database.value = b'{"version":2}'
    await cache.bump(WORKSPACE)

    after = asyncio.create_task(cache.load(WORKSPACE, "record", database.load))
    await eventually(lambda: database.queries == 2)
    database.gate.set()
    assert (await before, await after) == (b'{"version":1}', b'{"version":2}')


async def test_two_hundred_cold_reads_make_one_query(cache: Cache, database: Database) -> None:
    database.gate = asyncio.Event()
    reads = [asyncio.create_task(cache.load(WORKSPACE, "record", database.load)) for _ in range(200)]
    await eventually(lambda: database.queries)
    database.gate.set()

    assert set(await asyncio.gather(*reads)) == {b'{"version":1}'}
    assert database.queries <= 2


async def test_the_first_reader_may_hang_up_without_harm_to_the_others(cache: Cache, database: Database) -> None:
    database.gate = asyncio.Event()
    first = asyncio.create_task(cache.load(WORKSPACE, "record", database.load))
    await eventually(lambda: database.queries)
    second = asyncio.create_task(cache.load(WORKSPACE, "record", database.load))
    await asyncio.sleep(0.02)
    first.cancel()
    database.gate.set()

    assert await second == b'{"version":1}'


async def test_what_the_database_raises_is_raised_and_not_kept(cache: Cache, database: Database) -> None:
    async def fails() -> bytes:
        raise LookupError("no such contact")

    with pytest.raises(LookupError):
        await cache.load(WORKSPACE, "record", fails)
    assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":1}'


async def test_workspaces_share_nothing(cache: Cache, valkey: Valkey, database: Database) -> None:
    await _warm(cache, valkey, database)
    database.value = b'{"other":true}'

    assert await cache.load(uuid4(), "record", database.load) == b'{"other":true}'


def _cut(value: bytes) -> bytes:
    return value[:-1]


def _flip(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


def _garbage(value: bytes) -> bytes:
    return b"\xff\x00 garbage"


def _empty(value: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoil", [_cut, _flip, _garbage, _empty])
async def test_bytes_that_are_not_ours_are_a_miss(
    cache: Cache, valkey: Valkey, database: Database, spoil: Callable[[bytes], bytes]
) -> None:
    await _warm(cache, valkey, database)
    (key,) = await _kept(valkey)
    await valkey.ask("SET", key, spoil(await valkey.ask("GET", key)))

    assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":1}'
    assert database.queries == 2


async def test_a_key_of_another_type_is_a_miss(cache: Cache, valkey: Valkey, database: Database) -> None:
    await _warm(cache, valkey, database)
    (key,) = await _kept(valkey)
    await valkey.ask("DEL", key)
    await valkey.ask("RPUSH", key, "x")

    assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":1}'


async def test_another_release_reads_nothing_of_ours(cache: Cache, valkey: Valkey, database: Database) -> None:
    await _warm(cache, valkey, database)
    database.value = b'{"shape":"new"}'

    assert (
        await Cache(valkey, name="people", release="2").load(WORKSPACE, "record", database.load) == b'{"shape":"new"}'
    )


class TestOutage:
    async def test_reads_and_writes_go_on_without_a_server(
        self, own_valkey: OwnValkey, cache: Cache, database: Database
    ) -> None:
        own_valkey.kill()
        bypasses = _count("bypass")

        for version in range(3):
            database.value = b"%d" % version
            await cache.bump(WORKSPACE)
            assert await cache.load(WORKSPACE, "record", database.load) == b"%d" % version
        assert _count("bypass") == bypasses + 3

    async def test_a_write_during_a_freeze_is_never_undone_by_the_thaw(
        self,
        own_valkey: OwnValkey,
        cache: Cache,
        elsewhere: Cache,
        valkey: Valkey,
        neighbour: Valkey,
        database: Database,
    ) -> None:
        await _warm(cache, valkey, database)
        own_valkey.freeze()
        database.value = b'{"version":2}'
        await cache.bump(WORKSPACE)  # cannot reach it; our client answered all the same
        assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":2}'

        own_valkey.thaw()
        for client, reader in ((valkey, cache), (neighbour, elsewhere)):
            assert await reader.load(WORKSPACE, "record", database.load) == b'{"version":2}'
            await eventually(lambda client=client: client.is_up)  # type: ignore[misc]
            assert await reader.load(WORKSPACE, "record", database.load) == b'{"version":2}'

    async def test_a_lost_stamp_revives_no_old_value(self, cache: Cache, valkey: Valkey, database: Database) -> None:
        await _warm(cache, valkey, database)
        database.value = b'{"version":2}'
        for key in await valkey.ask("KEYS", "people:*:stamp"):
            await valkey.ask("DEL", key)  # as an eviction would

        assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":2}'

    async def test_memory_restored_from_disk_is_not_believed(
        self, own_valkey: OwnValkey, cache: Cache, valkey: Valkey, database: Database
    ) -> None:
        await _warm(cache, valkey, database)
        await valkey.ask("SAVE", timeout_s=5)
        database.value = b'{"version":2}'
        await cache.bump(WORKSPACE)
        own_valkey.kill()
        await eventually(lambda: not valkey.is_up)

        own_valkey.start()  # loads the dump from before the write, stamp and value alike
        await eventually(lambda: valkey.is_up)
        assert await _kept(valkey), "the dump was not loaded: this test would prove nothing"
        assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":2}'

    async def test_a_server_out_of_memory_still_drops_stamps(
        self, cache: Cache, valkey: Valkey, database: Database
    ) -> None:
        await _warm(cache, valkey, database)
        await valkey.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
        await valkey.ask("CONFIG", "SET", "maxmemory", "1")
        database.value = b'{"version":2}'
        await cache.bump(WORKSPACE)

        assert await cache.load(WORKSPACE, "record", database.load) == b'{"version":2}'
        assert valkey.is_up
