"""`make demo`: a believable workspace of a small fit-out firm, loaded through the public API alone.

The people and companies are made up; addresses end in .example, and phone numbers are kept for fiction where the
country keeps any. Days in events.csv count from today, so that there is always something overdue and something coming.
"""

from __future__ import annotations

import csv
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crm_tools import leftovers, settings, system
from crm_tools.demo.client import Client
from crm_tools.installation import Installation
from crm_tools.trouble import Trouble

HERE = Path(__file__).parent
Say = Callable[[str], None]
Ids = dict[str, str]


def run(say: Say) -> None:
    client = Client(_address())
    email, password = f"demo-{secrets.token_hex(3)}@mini-crm.example", secrets.token_urlsafe(9)
    client.sign_up(email, password, name="Robin Hale")
    workspace = client.get("/api/v1/me")["workspaces"][0]["id"]
    client.patch(
        f"/api/v1/workspaces/{workspace}",
        {"name": "Hale & Partners", "country": "GB", "time_zone": "Europe/London", "currency": "GBP"},
    )
    companies = {row["name"]: _company(client, row) for row in _rows("companies.csv")}
    say(f"{len(companies)} companies")
    people = _people(client, companies)
    say(f"{len(people)} people")
    events = [_event(client, row, people) for row in _rows("events.csv")]
    say(f"{len(events)} meetings, calls, tasks and notes")
    say(f"Sign in at {client.base_url} as {email} with the password {password}")


def _address() -> str:
    """Of the system that runs on the data folder of these settings."""
    wishes = settings.load(system.load().process_names)
    running = {entry.name: entry for entry, _ in leftovers.running(Installation(wishes.data).read_processes())}
    if system.GATEWAY not in running:
        raise Trouble(f"Nothing runs on {wishes.data}: start it with `make up`, then run this again beside it.")
    return wishes.public_url or f"http://localhost:{running[system.GATEWAY].port}"


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _company(client: Client, row: dict[str, str]) -> str:
    company = {
        "name": row["name"],
        "domain": row["domain"],
        "industry": row["industry"],
        "size": row["size"],
        "address": {"city": row["city"], "country": row["country"]},
        "tags": [row["tags"]],
        "description": row["description"],
    }
    return str(client.post("/api/v1/companies", company)["id"])


def _people(client: Client, companies: Ids) -> Ids:
    domains = {row["name"]: row["domain"] for row in _rows("companies.csv")}
    return {
        f"{row['first_name']} {row['last_name']}": _person(client, row, companies, domains.get(row["company"]))
        for row in _rows("people.csv")
    }


def _person(client: Client, row: dict[str, str], companies: Ids, domain: str | None) -> str:
    name = _plain(f"{row['first_name']}.{row['last_name']}".replace(" ", ""))
    person: dict[str, Any] = {
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "title": row["title"],
        "company_id": companies.get(row["company"]),
        "emails": [{"value": f"{name}@{domain or 'post.example'}", "label": "work", "primary": True}],
        "phones": [{"value": row["phone"], "label": "work", "primary": True}],
        "birthday": row["birthday"] or None,
        "tags": [tag for tag in row["tags"].split(";") if tag],
        "description": row["description"] or None,
    }
    return str(client.post("/api/v1/contacts", person)["id"])


def _event(client: Client, row: dict[str, str], people: Ids) -> str:
    event: dict[str, Any] = {
        "kind": row["kind"],
        "title": row["title"],
        "body": row["body"] or None,
        "contact_ids": [people[row["person"]]],
    }
    day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=int(row["day"]))
    if row["kind"] == "task":
        event["due_at"] = day.isoformat()
    elif row["time"]:
        hour, minute = map(int, row["time"].split(":"))
        begins = day.replace(hour=hour, minute=minute)
        ends = begins + timedelta(minutes=int(row["minutes"]))
        event |= {"starts_at": begins.isoformat(), "ends_at": ends.isoformat(), "location": row["location"] or None}
    return str(client.post("/api/v1/events", event)["id"])


def _plain(text: str) -> str:
    """Letters of an e-mail address: Élodie -> elodie."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if letter.isascii())
