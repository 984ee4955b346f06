"""What the API promises."""

from typing import Any

import pytest


async def test_what_is_created_is_read_back(ada: Any) -> None:
    made = await ada.make("Call Grace")
    answer = await ada("GET", f"/{made['id']}")
    assert answer.json() | {"created_at": 0, "updated_at": 0} == made | {"created_at": 0, "updated_at": 0}
    assert answer.headers["etag"] == '"1.0"'
    assert made["text"] == "Call Grace"


async def test_a_list_is_read_in_pages_newest_first(ada: Any) -> None:
    for text in ("one", "two", "three"):
        await ada.make(text)
    first = (await ada("GET", "?limit=2")).json()
    second = (await ada("GET", f"?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["text"] for item in first["items"] + second["items"]] == ["three", "two", "one"]
    assert second["next_cursor"] is None


async def test_a_cursor_of_another_workspace_is_refused(ada: Any, eve: Any) -> None:
    for text in ("one", "two"):
        await ada.make(text)
    cursor = (await ada("GET", "?limit=1")).json()["next_cursor"]
    assert (await eve("GET", f"?cursor={cursor}")).status_code == 400


async def test_a_change_makes_a_new_version_and_the_old_one_is_refused(ada: Any) -> None:
    path = f"/{(await ada.make())['id']}"
    changed = await ada("PATCH", path, {"text": "second"}, if_match='"1.0"')
    assert (changed.status_code, changed.json()["version"], changed.headers["etag"]) == (200, 2, '"2.0"')
    assert (await ada("PATCH", path, {"text": "third"}, if_match='"1.0"')).status_code == 412
    assert (await ada("GET", path)).json()["text"] == "second"


async def test_a_change_of_nothing_makes_no_version(ada: Any) -> None:
    path = f"/{(await ada.make('same'))['id']}"
    answer = await ada("PATCH", path, {"text": "same"})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert "x-operation-id" not in answer.headers


async def test_the_same_idempotency_key_creates_once(ada: Any) -> None:
    answers = [await ada("POST", body={"text": "once"}, idempotency_key="k") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await ada("GET")).json()["items"]) == 1


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "a\0b"}, {"text": 1}, {"text": "x", "colour": "red"}])
async def test_a_wrong_body_is_refused_with_a_pointer(ada: Any, body: Any) -> None:
    answer = await ada("POST", body=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201)])
async def test_members_may_create_and_viewers_may_not(ada: Any, role: str, status: int) -> None:
    assert (await ada.acting_as(role)("POST", body={"text": "x"})).status_code == status


async def test_nobody_sees_or_changes_what_is_another_workspaces(ada: Any, eve: Any) -> None:
    path = f"/{(await ada.make())['id']}"
    assert (await eve("GET", path)).status_code == 404
    assert (await eve("PATCH", path, {"text": "mine"})).status_code == 404
    assert (await eve("GET")).json()["items"] == []


async def test_without_an_internal_key_nothing_is_answered(ada: Any) -> None:
    assert (await ada("GET", x_internal_key="")).status_code == 401
