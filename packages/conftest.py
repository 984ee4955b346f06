"""Import the packages before any test of theirs: in the importlib mode pytest makes up a module for each folder above
a test file, and would take the folder `packages/crm_auth` for the package of that name."""

import importlib
from pathlib import Path

for project in Path(__file__).parent.glob("*/pyproject.toml"):
    importlib.import_module(project.parent.name)
