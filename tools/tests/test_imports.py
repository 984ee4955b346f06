"""The import rules hold for this tree, and are shown to fail on trees that break them."""

from pathlib import Path

import pytest

from crm_tools import imports
from crm_tools.environments import ROOT

TREE = {
    "gateway/src/gateway/__init__.py": "",
    "gateway/src/gateway/main.py": "",
    "services/contacts/src/contacts/__init__.py": "",
    "services/contacts/src/contacts/people/__init__.py": "",
    "services/contacts/src/contacts/people/routes.py": "from contacts.people import actions, store",
    "services/contacts/src/contacts/people/actions.py": "from contacts.people import rules, store",
    "services/contacts/src/contacts/people/store.py": "import crm_db",
    "services/contacts/src/contacts/people/rules.py": "",
    "packages/crm_db/src/crm_db/__init__.py": "",
    "packages/crm_facts/src/crm_facts/__init__.py": "",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return root


def test_this_repository_keeps_them() -> None:
    assert imports.broken(ROOT) == ""


def test_a_tree_that_keeps_them_passes(tmp_path: Path) -> None:
    assert imports.broken(write(tmp_path, TREE)) == ""


PEOPLE = "services/contacts/src/contacts/people"


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (f"{PEOPLE}/rules.py", "import gateway.main", "contacts is not allowed to import gateway"),
        (f"{PEOPLE}/store.py", "import contacts.people.actions", "people.store is not allowed to import"),
        (f"{PEOPLE}/rules.py", "import asyncpg", "people.rules is not allowed to import asyncpg"),
        ("packages/crm_db/src/crm_db/__init__.py", "import contacts", "crm_db is not allowed to import contacts"),
        ("packages/crm_facts/src/crm_facts/__init__.py", "import crm_db", "crm_facts is not allowed to import crm_db"),
    ],
)
def test_a_tree_that_breaks_one_is_refused(tmp_path: Path, file: str, text: str, told: str) -> None:
    assert told in imports.broken(write(tmp_path, TREE | {file: text}))
