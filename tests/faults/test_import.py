"""I3 and M2: a worker killed in the middle of an import is followed by one that goes on; no file is too much for it."""

import gzip
from pathlib import Path

import httpx2
import pytest

from crm_testkit import Installation, eventually

ROWS = 5_000
HALF = ROWS // 2


async def test_an_import_killed_halfway_makes_each_row_once(healthy: Installation) -> None:
    client = healthy.client()
    lines = "".join(f"Person {number},p{number}@example.org\n" for number in range(ROWS))
    file = {"file": ("people.csv", f"first_name,email\n{lines}".encode(), "text/csv")}
    path = f"/api/v1/imports/{client.post('/api/v1/imports', files=file).json()['id']}"
    assert client.post(f"{path}/run").status_code == 202
    before = healthy.pid("contacts-worker")
    await eventually(lambda: client.get(path).json()["progress"]["done"] >= HALF, within_s=60)
    healthy.signal("contacts-worker")
    stood = client.get(path).json()
    assert stood["status"] == "running" and stood["progress"]["done"] < ROWS, (
        "the control: it was killed before its end"
    )

    await eventually(lambda: client.get(path).json()["status"], has="done", within_s=90)
    assert healthy.pid("contacts-worker") != before
    assert client.get(path).json()["totals"] == {"created": ROWS, "updated": 0, "skipped": 0, "failed": 0}
    emails = everybody(client)
    assert len(emails) == ROWS and set(emails) == {f"p{number}@example.org" for number in range(ROWS)}


def everybody(client: httpx2.Client) -> list[str]:
    emails, cursor = [], None
    while True:
        query = {"limit": 200, "sort": "name"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/contacts", params=query).json()
        emails += [item["emails"][0]["value"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return emails


MIB = 2**20
UPLOAD = 40 * MIB
# What a process weighs at rest is in it: some 90 MiB.
RESIDENT_MAX = 150 * MIB
LARGE = {
    "a million cells": (b",".join(b"c%d" % n for n in range(200)) + b"\n") + (b"1," * 199 + b"\n") * 5_000,
    "ten thousand columns": (b"c," * 9_999 + b"c\n") * (UPLOAD // 20_000),
    "cells of a megabyte": b"a\n" + (b"x" * MIB + b"\n") * (UPLOAD // MIB),
    "a quote that never closes": b'a\n"' + b"x,\n" * (UPLOAD // 3),
    "one line": b"x" * UPLOAD,
    "wide characters": ("first_name,description\n" + ("Ada," + "é" * 4_000 + "\n") * 4_000).encode("utf-16"),
    "packed": gzip.compress(b"\0" * UPLOAD),
    "a workbook": b"PK\x03\x04" + b"\0" * UPLOAD,
}


@pytest.mark.parametrize("what", LARGE)
def test_no_file_makes_a_process_large(healthy: Installation, what: str) -> None:
    client = healthy.client()
    answer = client.post("/api/v1/imports", files={"file": ("people.csv", LARGE[what], "text/csv")}, timeout=60)
    assert answer.status_code in (201, 413, 415, 422), answer.text
    for name in ("gateway", "contacts"):
        assert highest_resident(healthy.pid(name)) < RESIDENT_MAX, name


def highest_resident(pid: int) -> int:
    """Bytes, since the process began."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024
