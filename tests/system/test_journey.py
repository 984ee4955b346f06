"""What a person does on the first evening, through the public API alone: sign up, move in, edit, see what happened."""

from pathlib import Path

import httpx2
import pytest

from crm_testkit import Installation, eventually

REAL_FILE = Path(__file__).parents[1] / "data" / "us-500.csv"


async def _import(client: httpx2.Client) -> dict:
    with REAL_FILE.open("rb") as file:
        uploaded = client.post("/api/v1/imports", files={"file": ("us-500.csv", file, "text/csv")}).json()
    path = f"/api/v1/imports/{uploaded['id']}"
    assert client.post(f"{path}/check").status_code == 202
    checked = await eventually(lambda: _in_state(client, path, "checked"), within_s=30)
    assert checked["totals"]["create"] == uploaded["rows"]
    assert client.post(f"{path}/run").status_code == 202
    return await eventually(lambda: _in_state(client, path, "done"), within_s=60)


def _in_state(client: httpx2.Client, path: str, status: str) -> dict | None:
    found = client.get(path).json()
    return found if found["status"] == status else None


async def test_sign_up_import_edit_and_read_the_timeline(running: Installation) -> None:
    client = running.client("Ada Lovelace")
    done = await _import(client)
    assert done["totals"]["created"] == 500

    found = client.get("/api/v1/contacts", params={"q": "Butt", "count": "exact"}).json()
    contact = next(item for item in found["items"] if item["last_name"] == "Butt")
    edited = client.patch(
        f"/api/v1/contacts/{contact['id']}",
        json={"title": "Head of sales"},
        headers={"If-Match": f'"{contact["version"]}.0"'},
    )
    assert (edited.status_code, edited.json()["title"], edited.json()["version"]) == (200, "Head of sales", 2)

    def timeline() -> list[dict]:
        return client.get("/api/v1/timeline", params={"contact_id": contact["id"]}).json()["items"]

    entries = await eventually(lambda: [one["verb"] for one in timeline()], has="contact.changed")
    assert entries == ["contact.changed", "contact.created"]
    newest = timeline()[0]
    assert newest["actor"]["name"] == "Ada Lovelace"
    assert newest["changes"] == [{"field": "title", "from": None, "to": "Head of sales"}]


async def test_an_import_is_taken_back_as_one(running: Installation) -> None:
    client = running.client("Grace Hopper")
    done = await _import(client)
    undone = client.post(f"/api/v1/operations/{done['operation_id']}/undo")
    assert undone.status_code in (200, 202), undone.text

    def total() -> int:
        return client.get("/api/v1/contacts", params={"count": "exact"}).json()["total"]

    await eventually(lambda: total() == 0, within_s=60)


async def test_a_note_needs_a_contact_that_exists_and_appears_on_its_timeline(running: Installation) -> None:
    client = running.client()
    contact = client.post("/api/v1/contacts", json={"first_name": "Alan", "last_name": "Turing"}).json()
    note = {"kind": "note", "title": "Met at the tea party", "body": "Likes chess.", "contact_ids": [contact["id"]]}
    assert client.post("/api/v1/events", json=note).status_code == 201
    unknown = note | {"contact_ids": ["01890000-0000-7000-8000-000000000000"]}
    refused = client.post("/api/v1/events", json=unknown)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/contact_ids/0")
    await eventually(
        lambda: [one["kind"] for one in client.get(f"/api/v1/timeline?contact_id={contact['id']}").json()["items"]],
        has="note",
    )


@pytest.mark.launcher
async def test_what_one_gateway_changed_is_never_stale_at_the_other(running: Installation) -> None:
    client = running.client()
    other = f"http://127.0.0.1:{running.processes()['gateway-2']['port']}"
    contact = client.post("/api/v1/contacts", json={"last_name": "Zuse"}).json()
    path = f"/api/v1/contacts/{contact['id']}"
    for number in range(20):
        title = f"Engineer {number}"
        assert client.patch(path, json={"title": title}).status_code == 200
        assert httpx2.get(other + path, headers=dict(client.headers)).json()["title"] == title


def test_a_stranger_gets_nothing(running: Installation) -> None:
    mine = running.client().post("/api/v1/contacts", json={"last_name": "Curie"}).json()
    stranger = running.client("Eve")
    assert stranger.get(f"/api/v1/contacts/{mine['id']}").status_code == 404
    assert httpx2.get(f"{running.url}/api/v1/contacts/{mine['id']}").status_code == 401


@pytest.mark.launcher
def test_a_service_reached_past_the_gateway_gives_nothing_away(running: Installation) -> None:
    client = running.client()
    for name in ("identity", "contacts", "events"):
        address = f"http://127.0.0.1:{running.processes()[name]['port']}"
        assert httpx2.get(f"{address}/health/live").status_code == 200
        for path in ("/api/v1/me", "/api/v1/contacts", "/api/v1/events", "/auth/v1/settings", "/openapi.json"):
            assert httpx2.get(address + path, headers=dict(client.headers)).status_code == 401


def test_the_public_contract_names_every_part_and_no_internal_route(running: Installation) -> None:
    paths = httpx2.get(f"{running.url}/openapi.json").json()["paths"]
    assert {"/api/v1/contacts", "/api/v1/events", "/api/v1/me", "/api/v1/stream"} <= set(paths)
    assert not [path for path in paths if path.startswith("/internal")]
    assert httpx2.get(f"{running.url}/api/v1/internal/membership").status_code == 404
    assert httpx2.get(f"{running.url}/internal/membership").headers["content-type"].startswith("text/html")
