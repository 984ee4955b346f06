"""README lists the settings that `make up` reads."""

import re

import pytest

from crm_testkit.repository import ROOT

SOURCE = (ROOT / "tools" / "src" / "crm_tools" / "settings.py").read_text()
NAMES = re.findall(r'^    "([A-Z_]+)",$', SOURCE.partition("OWN = (")[2].partition("\n)")[0], re.M)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_names_it(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text()
