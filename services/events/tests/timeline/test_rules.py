"""What each fact of each service says on a timeline: read from the examples that its owner publishes."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from support import fact

from crm_facts import decode
from crm_testkit import repository
from events.timeline.rules import entry_of, is_purge

EXAMPLES = sorted((repository.ROOT / "contracts" / "facts").glob("*/*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_published_example_is_read(path: Path) -> None:
    example = json.loads(path.read_text())["example"]
    entry = entry_of(decode(json.dumps(example).encode()))
    data = example["data"]
    if not (data.get("workspace_id") and data.get("record_id")):
        assert entry is None
        return
    assert entry is not None
    assert (entry.verb, entry.version, str(entry.record_id)) == (example["type"], data["version"], data["record_id"])
    assert is_purge(entry) is example["type"].endswith(".purged")
    for change in entry.changes:
        assert change["from"] != change["to"]
        assert change["to"] == data["after"].get(change["field"])


def about(verb: str = "changed", **after: Any) -> list[UUID]:
    entry = entry_of(decode(json.dumps(fact(str(uuid4()), ANN, 1, verb, **after)).encode()))
    assert entry is not None
    return entry.subjects


ANN, BOB, ACME, DEAL = (str(UUID(int=number)) for number in (1, 2, 3, 4))


class TestSubjects:
    def test_a_contacts_fact_is_about_the_contact(self) -> None:
        assert about(first_name="Ann") == [UUID(ANN)]

    def test_who_joins_a_company_stands_on_its_timeline_too(self) -> None:
        assert about(company_id=ACME) == [UUID(ANN), UUID(ACME)]

    def test_everyone_who_is_named_once(self) -> None:
        named = about(contact_ids=[BOB, ANN, BOB], company_id=ACME, deal_id=DEAL)
        assert named == [UUID(ANN), UUID(BOB), UUID(ACME), UUID(DEAL)]

    @pytest.mark.parametrize("value", [None, "Acme Ltd", 7, ["x"], {"id": 1}])
    def test_what_is_no_id_names_nobody(self, value: Any) -> None:
        assert about(company_id=value, contact_ids=value) == [UUID(ANN)]
