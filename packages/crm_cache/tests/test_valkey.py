"""The client never makes anybody wait for a server that is away, and comes back by itself."""

import asyncio

import pytest

from crm_cache import ReplyRefused, Valkey, ValkeyDown
from crm_testkit import OwnValkey, eventually


async def test_many_commands_at_once_get_their_own_replies(valkey: Valkey) -> None:
    replies = await asyncio.gather(*(valkey.ask("ECHO", f"number {n}") for n in range(500)))

    assert replies == [f"number {n}".encode() for n in range(500)]


async def test_an_error_reply_is_raised_to_the_one_who_asked(valkey: Valkey) -> None:
    bad, good = valkey.ask("NO-SUCH-COMMAND"), valkey.ask("ECHO", "fine")

    with pytest.raises(ReplyRefused, match="unknown command"):
        await bad
    assert await good == b"fine"


async def test_a_caller_that_gives_up_does_not_shift_the_replies_of_others(valkey: Valkey) -> None:
    gives_up = valkey.ask("ECHO", "unheard")
    gives_up.cancel()

    assert await valkey.ask("ECHO", "heard") == b"heard"


async def test_a_killed_server_fails_at_once_and_is_found_again(own_valkey: OwnValkey, valkey: Valkey) -> None:
    own_valkey.kill()
    await eventually(lambda: not valkey.is_up)
    started = asyncio.get_running_loop().time()
    with pytest.raises(ValkeyDown):
        await valkey.ask("PING")
    assert asyncio.get_running_loop().time() - started < 0.005

    own_valkey.start()
    await eventually(lambda: valkey.is_up)
    assert await valkey.ask("PING") == b"PONG"


async def test_a_frozen_server_costs_one_timeout_and_then_nothing(own_valkey: OwnValkey, valkey: Valkey) -> None:
    loop = asyncio.get_running_loop()
    own_valkey.freeze()

    started = loop.time()
    with pytest.raises(ValkeyDown):
        await valkey.ask("PING", timeout_s=0.02)
    assert 0.015 < loop.time() - started < 0.2
    await eventually(lambda: not valkey.is_up)
    started = loop.time()
    for _ in range(100):
        with pytest.raises(ValkeyDown):
            await valkey.ask("PING", timeout_s=0.02)
    assert loop.time() - started < 0.05

    own_valkey.thaw()
    await eventually(lambda: valkey.is_up)
    assert await valkey.ask("PING") == b"PONG"


async def test_our_own_standing_still_is_not_taken_for_a_dead_server(valkey: Valkey) -> None:
    asked = valkey.ask("PING", timeout_s=0.02)
    await asyncio.sleep(0)  # the command leaves, the reply arrives while we do not look
    _block_for(0.2)

    assert await asked == b"PONG"
    assert valkey.is_up


def _block_for(seconds: float) -> None:
    ends = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends:
        pass


async def test_opening_does_not_need_the_server(own_valkey: OwnValkey) -> None:
    own_valkey.kill()

    client = await Valkey.open(own_valkey.url, wait_s=0.1)

    assert not client.is_up
    own_valkey.start()
    await eventually(lambda: client.is_up)
    await client.close()


async def test_a_wrong_password_is_being_away_and_not_a_crash(own_valkey: OwnValkey) -> None:
    client = await Valkey.open(own_valkey.url.replace("redis://:", "redis://:not-"), wait_s=0.3)

    with pytest.raises(ValkeyDown):
        await client.ask("PING")
    await client.close()


class TestOwed:
    async def test_is_paid_at_once_while_the_server_is_there(self, valkey: Valkey) -> None:
        await valkey.ask("SET", "debt", "1")

        assert await valkey.owe("debt", "DEL", "debt")
        assert await valkey.ask("GET", "debt") is None
        assert not valkey.owes("debt")

    async def test_is_paid_before_the_connection_counts_as_up_again(
        self, own_valkey: OwnValkey, valkey: Valkey, neighbour: Valkey
    ) -> None:
        await valkey.ask("SET", "debt", "1")
        own_valkey.freeze()
        assert not await valkey.owe("debt", "DEL", "debt")
        assert valkey.owes("debt")
        await eventually(lambda: not valkey.is_up)

        own_valkey.thaw()
        await eventually(lambda: valkey.is_up)
        assert not valkey.owes("debt")
        await eventually(lambda: neighbour.is_up)
        assert await neighbour.ask("GET", "debt") is None

    async def test_is_paid_also_when_the_debtor_hung_up(self, own_valkey: OwnValkey, valkey: Valkey) -> None:
        own_valkey.freeze()
        owing = asyncio.create_task(valkey.owe("debt", "SET", "paid", "yes"))
        await asyncio.sleep(0)
        owing.cancel()

        own_valkey.thaw()
        await eventually(lambda: valkey.is_up)
        assert await valkey.ask("GET", "paid") == b"yes"
        assert not valkey.owes("debt")

    async def test_reaches_a_server_that_wakes_after_we_stopped_waiting(
        self, own_valkey: OwnValkey, valkey: Valkey
    ) -> None:
        await valkey.ask("SET", "debt", "1")
        own_valkey.freeze()
        await valkey.owe("debt", "DEL", "debt")
        await eventually(lambda: not valkey.is_up)
        await valkey.close()  # this process is gone before the server wakes

        own_valkey.thaw()
        other = await Valkey.open(own_valkey.url, wait_s=5)
        assert await other.ask("GET", "debt") is None
        await other.close()
