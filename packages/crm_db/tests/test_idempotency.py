"""`Idempotency-Key`: I2, T5."""

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import pytest

from crm_db import Answer, Database, InFlight, KeyReused, once
from crm_db.idempotency import BadKey, sweep
from crm_testkit import eventually


class Notes:
    """What a route does: `await notes.post(caller, "key")`."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.made = 0

    async def post(
        self,
        caller: SimpleNamespace,
        key: str | None,
        *,
        body: bytes = b"hash",
        path: str = "/notes",
        pause_s: float = 0,
    ) -> Answer:
        async def act() -> Answer:
            self.made += 1
            await asyncio.sleep(pause_s)
            return Answer(201, f"note {self.made}".encode(), {"Location": "/notes/1"})

        async with self.db.transaction(caller.workspace_id) as tx:
            return await once(tx, caller, key, "POST", path, body, act)


@pytest.fixture
def notes(api: Database) -> Notes:
    return Notes(api)


async def test_the_same_request_gets_the_first_answer(notes: Notes, caller: SimpleNamespace) -> None:
    first = await notes.post(caller, "k")
    assert await notes.post(caller, "k") == first == Answer(201, b"note 1", {"Location": "/notes/1"})
    assert notes.made == 1


async def test_without_a_key_each_request_is_its_own(notes: Notes, caller: SimpleNamespace) -> None:
    await notes.post(caller, None)
    await notes.post(caller, None)
    assert notes.made == 2


async def test_another_body_is_refused(notes: Notes, caller: SimpleNamespace) -> None:
    await notes.post(caller, "k")
    with pytest.raises(KeyReused) as refused:
        await notes.post(caller, "k", body=b"other")
    assert refused.value.status == 422


async def test_a_key_belongs_to_one_workspace_user_and_path(notes: Notes, caller: SimpleNamespace) -> None:
    await notes.post(caller, "k")
    await notes.post(SimpleNamespace(workspace_id=uuid4(), user_id=caller.user_id), "k")
    await notes.post(SimpleNamespace(workspace_id=caller.workspace_id, user_id=uuid4()), "k")
    await notes.post(caller, "k", path="/others")
    assert notes.made == 4


async def test_a_user_without_a_workspace_has_keys_too(notes: Notes) -> None:
    somebody = SimpleNamespace(workspace_id=None, user_id=uuid4())
    assert await notes.post(somebody, "k") == await notes.post(somebody, "k")
    assert notes.made == 1


async def test_fifty_at_once_are_made_once(notes: Notes, caller: SimpleNamespace) -> None:
    async def attempt() -> Answer | InFlight:
        try:
            return await notes.post(caller, "k", pause_s=0.05)
        except InFlight as refused:
            return refused

    results = await asyncio.gather(*(attempt() for _ in range(50)))
    assert notes.made == 1
    assert any(isinstance(result, InFlight) and result.status == 409 for result in results)
    assert {result.body for result in results if isinstance(result, Answer)} == {b"note 1"}


async def test_a_request_in_flight_is_told_at_once(notes: Notes, caller: SimpleNamespace) -> None:
    first = asyncio.create_task(notes.post(caller, "k", pause_s=1))
    await eventually(lambda: notes.made)
    async with asyncio.timeout(0.5):
        with pytest.raises(InFlight):
            await notes.post(caller, "k")
    await first


async def test_a_refusal_is_not_kept(api: Database, caller: SimpleNamespace) -> None:
    tries = []

    async def act() -> Answer:
        tries.append(1)
        if len(tries) == 1:
            raise LookupError
        return Answer(201, b"")

    for error in (LookupError, None):
        try:
            async with api.transaction(caller.workspace_id) as tx:
                await once(tx, caller, "k", "POST", "/notes", b"hash", act)
        except LookupError as raised:
            assert isinstance(raised, error or ())
    assert len(tries) == 2


async def test_a_day_later_the_key_is_free(notes: Notes, worker: Database, caller: SimpleNamespace) -> None:
    async def age() -> None:
        async with worker.transaction(None) as tx:
            await tx.execute("update idempotency set at = at - interval '25 hours' where user_id = $1", caller.user_id)

    await notes.post(caller, "k")
    await age()
    await notes.post(caller, "k", body=b"other")
    assert notes.made == 2
    assert await sweep(worker) == 0
    await age()
    assert await sweep(worker) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_a_sensible_length(notes: Notes, caller: SimpleNamespace, key: str) -> None:
    with pytest.raises(BadKey):
        await notes.post(caller, key)
