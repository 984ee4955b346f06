"""A field of a person is a migration and one line, as CONTRIBUTING says; tests that loop over the table take it up."""

import sys
from pathlib import Path

import pytest
import scratch

from crm_testkit import Servers

CONTACTS = Path("services/contacts")
MIGRATION = """\
-- migrate:up

-- no default, so no row is written; the key is what filters and sorts compare
alter table contact add nickname text, add nickname_key text;
create index contact_nickname on contact (workspace_id, nickname_key, id) where deleted_at is null;

-- migrate:down

alter table contact drop nickname, drop nickname_key;
"""
LINE = 'Field("nickname", Kind.TEXT, "Nickname", personal=True, sort=Sort("t.nickname_key"), import_names=("called",)),'
BEFORE = '        Field("company_id", Kind.ID, "Company"),\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tmp_path.chmod(0o711)
    return scratch.copy(tmp_path / "copy")


def test_a_field_is_a_migration_and_a_line(tree: Path, servers: Servers) -> None:
    (tree / CONTACTS / "migrations" / "0199_pre_add_nickname.sql").write_text(MIGRATION)
    table = tree / CONTACTS / "src/contacts/people/fields.py"
    text = table.read_text()
    assert BEFORE in text
    table.write_text(text.replace(BEFORE, f"        {LINE}\n{BEFORE}"))

    scratch.run(sys.executable, "tools/env.py", "contacts", "--dev", cwd=tree)
    python = tree / CONTACTS / ".venv/bin/python"
    tests = ("tests/records/test_every_field.py", "tests/people/test_api.py")
    said = scratch.run(python, "-m", "pytest", "-v", *tests, cwd=tree / CONTACTS)
    assert said.count("[contact-nickname] PASSED") == 6

    document = scratch.run(python, "-m", "contacts", "openapi", cwd=tree / CONTACTS)
    assert '"nickname"' in document
