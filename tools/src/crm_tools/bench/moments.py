"""What is measured one by one, by a clock at the client: facts on their way, pages at any depth, hard filters."""

from __future__ import annotations

import json
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import quote

import httpx2

from crm_tools.bench.cases import FILTERS, SORTS, filter_text
from crm_tools.bench.people import People
from crm_tools.trouble import Trouble

PAGE, SKIP = 50, 200
SKIPS = 9  # unmeasured pages of 200 between two measured ones, where the list is long
ARRIVES_WITHIN_S = 30
PAUSE_S = 0.002


def facts_to_timeline(client: httpx2.Client, ids: list[str], samples: int) -> list[float]:
    """Milliseconds from sending a change to the timeline's showing it. The change itself is in it."""
    return [_until_in_timeline(client, ids[number % len(ids)], number) for number in range(samples)]


def facts_to_browser(client: httpx2.Client, url: str, ids: list[str], samples: int) -> list[float]:
    """Milliseconds from sending a change to its line on another connection's live stream."""
    heard: queue.Queue[tuple[float, str, int]] = queue.Queue()
    with httpx2.Client(base_url=url, headers=dict(client.headers), timeout=ARRIVES_WITHIN_S) as listener:
        listening = threading.Event()
        thread = threading.Thread(target=_listen, args=(listener, heard, listening), daemon=True)
        thread.start()
        if not listening.wait(ARRIVES_WITHIN_S):
            raise Trouble("The live stream did not begin.")
        return [_until_heard(client, heard, ids[number % len(ids)], number) for number in range(samples)]


def pages(client: httpx2.Client, contact_id: str, rows: int, walks: int) -> dict[str, list[float]]:
    """Milliseconds of lists of 50, by sort, spread over the whole depth. A change before each walk voids the cache."""
    return {sort: [ms for walk in range(walks) for ms in _walk(client, contact_id, sort, rows, walk)] for sort in SORTS}


def each_by_id(client: httpx2.Client, contact_id: str, ids: list[str], samples: int) -> list[float]:
    change(client, contact_id, "before reads")
    chance = random.Random(2)  # noqa: S311 (the same draw each time)
    return [_timed_get(client, f"/api/v1/contacts/{one}") for one in chance.sample(ids, min(samples, len(ids)))]


def searches(client: httpx2.Client, contact_id: str, samples: int) -> list[float]:
    change(client, contact_id, "before searches")
    people = People(seed=3)
    typed = list(dict.fromkeys(people.typed() for _ in range(samples)))
    return [_timed_get(client, f"/api/v1/contacts?limit=20&q={quote(text)}") for text in typed]


def filters(client: httpx2.Client, samples: int) -> dict[str, list[float]]:
    """Milliseconds, by filter."""
    return {
        name: [_timed_get(client, f"/api/v1/contacts?filter={quote(filter_text(clauses, n))}") for n in range(samples)]
        for name, clauses in FILTERS.items()
    }


def change(client: httpx2.Client, contact_id: str, word: str) -> int:
    """Changes a contact; answers its new version."""
    answer = client.patch(f"/api/v1/contacts/{contact_id}", json={"description": f"{word} {time.monotonic_ns()}"})
    if answer.status_code != 200:
        raise Trouble(f"A contact could not be changed: {answer.text[:300]}")
    return int(answer.json()["version"])


def _until_in_timeline(client: httpx2.Client, contact_id: str, number: int) -> float:
    began = time.perf_counter()
    version = change(client, contact_id, f"timeline {number}")

    def newest() -> int:
        answer = client.get("/api/v1/timeline", params={"contact_id": contact_id, "limit": 1})
        items = answer.json()["items"]
        return int(items[0]["version"] or 0) if items else 0

    _wait_until(lambda: newest() >= version, "a fact in the timeline")
    return (time.perf_counter() - began) * 1000


def _listen(client: httpx2.Client, heard: queue.Queue[tuple[float, str, int]], listening: threading.Event) -> None:
    with client.stream("GET", "/api/v1/stream") as answer:
        listening.set()
        try:
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    told = json.loads(line.removeprefix("data:"))
                    heard.put((time.perf_counter(), str(told.get("id")), int(told.get("version") or 0)))
        except httpx2.HTTPError:
            return  # closed by us


def _until_heard(
    client: httpx2.Client, heard: queue.Queue[tuple[float, str, int]], contact_id: str, number: int
) -> float:
    began = time.perf_counter()
    version = change(client, contact_id, f"browser {number}")
    while True:
        try:
            at, record_id, told = heard.get(timeout=ARRIVES_WITHIN_S)
        except queue.Empty:
            raise Trouble("A fact did not reach the second browser.") from None
        if (record_id, told) == (contact_id, version):
            return (at - began) * 1000


def _walk(client: httpx2.Client, contact_id: str, sort: str, rows: int, walk: int) -> Iterator[float]:
    change(client, contact_id, f"walk {walk}")
    skips = SKIPS if rows > 10 * SKIP else 0
    cursor = ""
    for step in count():
        measured = step % (skips + 1) == 0
        limit = PAGE if measured else SKIP
        began = time.perf_counter()
        answer = client.get(f"/api/v1/contacts?limit={limit}&sort={sort}" + (f"&cursor={cursor}" if cursor else ""))
        took_ms = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise Trouble(f"A page was refused: {answer.text[:300]}")
        if measured:
            yield took_ms
        cursor = quote(answer.json()["next_cursor"] or "")
        if not cursor:
            return


def _timed_get(client: httpx2.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    took_ms = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise Trouble(f"{path} was refused: {answer.text[:300]}")
    return took_ms


def _wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + ARRIVES_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"Waited {ARRIVES_WITHIN_S} s for {what}.")
        time.sleep(PAUSE_S)
