"""What is read from the log, in the shape of the API."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from crm_facts import Change, as_of, begin, changes_of, history_page, operation, operations_page


async def test_operations_come_newest_first_and_page_by_page(stage, caller) -> None:
    made = [await stage.write(caller, Change("contact", uuid4(), 1, "created")) for _ in range(5)]
    seen, after = [], None
    while True:
        page = await operations_page(stage.api, caller.workspace_id, limit=2, after=after)
        seen += [item["id"] for item in page.items]
        if page.next is None:
            break
        after = page.next
    assert seen == made[::-1]


async def test_an_operation_has_the_members_of_the_api(stage, caller) -> None:
    undone = await stage.write(caller, Change("contact", uuid4(), 1, "created"))
    async with stage.api.transaction(caller.workspace_id) as tx:
        undo = await begin(tx, caller, kind="undo", summary="undid it", undo_of=undone, counts={"trashed": 1})
    item = await operation(stage.api, caller.workspace_id, undo)
    assert item is not None
    assert datetime.now(UTC) - item.pop("at") < timedelta(seconds=5)
    assert item == {
        "id": undo,
        "actor": {"id": caller.user_id, "name": "Ada Lovelace"},
        "kind": "undo",
        "summary": "undid it",
        "counts": {"trashed": 1},
        "status": "done",
        "undo_of": undone,
        "undone_by": None,
    }


async def test_a_record_s_history_comes_newest_first_with_from_and_to(stage, caller) -> None:
    record = uuid4()
    operation_id = await stage.write(
        caller,
        Change("contact", record, 1, "created", {}, {"first_name": "Ann", "title": None}),
        Change("contact", record, 2, "changed", {"title": None, "tags": ["a"]}, {"title": "CTO", "tags": []}),
    )
    page = await history_page(stage.api, caller.workspace_id, "contact", record, limit=1)
    [item] = page.items
    item.pop("at")
    assert item == {
        "id": item["id"],
        "kind": "change",
        "verb": "contact.changed",
        "actor": {"id": caller.user_id, "name": "Ada Lovelace"},
        "contact_id": record,
        "version": 2,
        "changes": [{"field": "title", "from": None, "to": "CTO"}, {"field": "tags", "from": ["a"], "to": []}],
        "operation_id": operation_id,
        "event": None,
    }
    assert page.next == 2
    rest = await history_page(stage.api, caller.workspace_id, "contact", record, limit=1, after=page.next)
    assert [(item["verb"], item["changes"][0]) for item in rest.items] == [
        ("contact.created", {"field": "first_name", "from": None, "to": "Ann"})
    ]
    assert rest.next is None


async def test_undo_reads_an_operation_backwards_in_chunks(stage, caller) -> None:
    record = uuid4()
    changes = [Change("contact", record, n, "changed", {"n": n - 1}, {"n": n}) for n in range(1, 8)]
    operation_id = await stage.write(caller, *changes)
    await stage.write(caller, Change("contact", record, 8, "changed"))
    seen, before = [], None
    async with stage.api.transaction(caller.workspace_id) as tx:
        while chunk := await changes_of(tx, operation_id, limit=3, before=before):
            seen += [(change.version, change.before, change.after) for change in chunk]
            before = chunk[-1].fact_id
    assert seen == [(n, {"n": n - 1}, {"n": n}) for n in range(7, 0, -1)]


async def test_a_record_as_it_was(stage, caller) -> None:
    record, moments = uuid4(), [datetime.now(UTC)]
    for version, after in enumerate([{"name": "Ann", "title": None}, {"title": "CTO"}, {"name": "Anna"}], 1):
        await stage.write(caller, Change("contact", record, version, "changed", {}, after))
        await asyncio.sleep(0.01)
        moments.append(datetime.now(UTC))
    async with stage.api.transaction(caller.workspace_id) as tx:
        states = [await as_of(tx, "contact", record, moment) for moment in moments]
    assert states == [
        None,
        {"id": record, "version": 1, "name": "Ann", "title": None},
        {"id": record, "version": 2, "name": "Ann", "title": "CTO"},
        {"id": record, "version": 3, "name": "Anna", "title": "CTO"},
    ]


async def test_another_workspace_reads_nothing_of_it(stage, caller, another_caller) -> None:
    record = await stage.create(caller)
    [ours] = (await operations_page(stage.api, caller.workspace_id)).items
    other = another_caller.workspace_id
    assert (await operations_page(stage.api, other)).items == []
    assert await operation(stage.api, other, ours["id"]) is None
    assert (await history_page(stage.api, other, "contact", record)).items == []
    # the worker's role sees all rows: the condition itself must hold
    async with stage.worker.transaction(other) as tx:
        assert await changes_of(tx, ours["id"]) == []
        assert await as_of(tx, "contact", record, datetime.now(UTC)) is None
    assert (await history_page(stage.worker, other, "contact", record)).items == []
