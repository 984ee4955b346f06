"""Fills an installation through its public API: one big workspace, and smaller ones beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from crm_testkit import Installation
from crm_tools.bench import metrics, usage
from crm_tools.bench.cases import Size
from crm_tools.bench.people import People
from crm_tools.trouble import Trouble

WAIT_S = 900
POLL_S = 0.1
Say = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """`client` is signed in; its own workspace is the big one."""

    client: httpx2.Client
    user_id: str
    actor: str
    big: str
    small: str
    operation_id: str  # of the big import
    ids: list[str]  # some contacts of the big workspace
    small_ids: list[str]
    figures: dict[str, float]


def load(running: Installation, size: Size, say: Say) -> Loaded:
    client = running.client("Bench Mark")
    me = client.get("/api/v1/me").json()
    people = People(seed=1)
    say(f"importing {size.big} contacts ...")
    figures, operation_id = _measured_import(running, client, people.csv(size.big), size.big)
    say(f"importing {size.small} contacts into each of {size.workspaces} workspaces ...")
    small = [_workspace(client, number, people.csv(size.small)) for number in range(size.workspaces)]
    return Loaded(
        client=client,
        user_id=me["user"]["id"],
        actor=me["user"]["name"],
        big=me["workspaces"][0]["id"],
        small=small[0],
        operation_id=operation_id,
        ids=_ids(client, me["workspaces"][0]["id"]),
        small_ids=_ids(client, small[0]),
        figures=figures,
    )


def undo(running: Installation, loaded: Loaded, rows: int) -> dict[str, float]:
    """Takes the big import back; answers how long it took."""
    began = time.monotonic()
    answer = _accepted(loaded.client.post(f"/api/v1/operations/{loaded.operation_id}/undo"))
    path = f"/api/v1/operations/{answer['operation_id']}"
    _wait(loaded.client, path, "done")
    seconds = time.monotonic() - began
    peak = usage.peak_rss_mib(running.pid("contacts-worker"))
    return {"undo_s": seconds, "undo_s_of_100k": seconds * 100_000 / rows, "worker_peak_mib": peak}


def _measured_import(
    running: Installation, client: httpx2.Client, content: bytes, rows: int
) -> tuple[dict[str, float], str]:
    heard = running.processes()["events-worker"]["metrics_port"]
    began = time.monotonic()
    path = _upload(client, content)
    uploaded = time.monotonic()
    _accepted(client.post(f"{path}/check"))
    _wait(client, path, "checked")
    checked = time.monotonic()
    handled = metrics.total(heard, "consumer_handled_total")
    pids = {name: entry["pid"] for name, entry in running.processes().items()}
    before = usage.cpu_seconds(pids)
    operation_id = _run(client, path)
    ran = time.monotonic()
    _wait_until(lambda: metrics.total(heard, "consumer_handled_total") - handled >= rows, "facts of the import")
    figures = {
        "upload_s": uploaded - began,
        "check_s": checked - uploaded,
        "run_s": ran - checked,
        "timeline_whole_s": time.monotonic() - checked,  # until the last fact of it stood in the timeline
    }
    cpu_us = usage.cpu_us_per_request(before, usage.cpu_seconds(pids), rows)
    used = {f"cpu_us_a_row.{name}": us for name, us in cpu_us.items()}
    scaled = {f"{name}_of_100k": value * 100_000 / rows for name, value in figures.items()}
    return figures | scaled | used | {
        "worker_peak_mib": usage.peak_rss_mib(running.pid("contacts-worker"))
    }, operation_id


def _workspace(client: httpx2.Client, number: int, content: bytes) -> str:
    made = _accepted(client.post("/api/v1/workspaces", json={"name": f"Small {number}"}))
    workspace_id: str = made["id"]
    headers = {"X-Workspace-Id": workspace_id}
    _run(client, _upload(client, content, headers), headers)
    return workspace_id


def _upload(client: httpx2.Client, content: bytes, headers: dict[str, str] | None = None) -> str:
    files = {"file": ("people.csv", content, "text/csv")}
    return f"/api/v1/imports/{_accepted(client.post('/api/v1/imports', files=files, headers=headers))['id']}"


def _run(client: httpx2.Client, path: str, headers: dict[str, str] | None = None) -> str:
    _accepted(client.post(f"{path}/run", headers=headers))
    done = _wait(client, path, "done", headers)
    if done["totals"]["failed"]:
        raise Trouble(f"{done['totals']['failed']} rows of an import failed: its figures would mean nothing.")
    return str(done["operation_id"])


def _ids(client: httpx2.Client, workspace_id: str) -> list[str]:
    """From all over the table: the pages that several sorts begin with."""
    found: dict[str, None] = {}
    for sort in ("name", "-name", "first_name", "-first_name", "address.city", "title", "company.name", "-created_at"):
        query = {"limit": "200", "sort": sort}
        page = _accepted(client.get("/api/v1/contacts", params=query, headers={"X-Workspace-Id": workspace_id}))
        found |= dict.fromkeys(item["id"] for item in page["items"])
    return list(found)


def _accepted(answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise Trouble(f"{answer.request.method} {answer.request.url.path} was refused: {answer.text[:500]}")
    value: dict[str, Any] = answer.json()
    return value


def _wait(client: httpx2.Client, path: str, status: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    last: dict[str, Any] = {}

    def arrived() -> bool:
        last.update(_accepted(client.get(path, headers=headers)))
        if last["status"] == "failed":
            raise Trouble(f"{path} failed: {last}")
        return bool(last["status"] == status)

    _wait_until(arrived, f"{path} to be {status}")
    return last


def _wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"Waited {WAIT_S} s for {what}.")
        time.sleep(POLL_S)
