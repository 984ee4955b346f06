"""`make service name=notes`: a new service out of tools/new_service/template, which runs and is tested as it is.

It writes services/<name>, contracts/facts/<name> and one block at the end of system.toml; launcher, keys, addresses and
the gateway's routes follow from these. In the template `service_name` stands for the service, `record_name` for what
it keeps.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from crm_tools import environments, generate, locks, system
from crm_tools.environments import ROOT, TOOLS
from crm_tools.trouble import Trouble

TEMPLATE = TOOLS / "new_service" / "template"
# Its libraries in the versions that a service here has already; what the new one does not need, compiling takes out.
LOCKS_FROM = "events"
Say = Callable[[str], None]


def run(name: str, noun: str, say: Say) -> None:
    """`noun` is one of what it keeps (`note`); empty: `name` without its plural."""
    noun = noun or singular(name)
    _check(name, noun)
    service, facts = ROOT / "services" / name, ROOT / "contracts" / "facts" / name
    _copy(TEMPLATE / "service", service, name, noun)
    _copy(TEMPLATE / "facts", facts, name, noun)
    _tidy(service)
    with (ROOT / "system.toml").open("a") as file:
        file.write(block(name, noun))
    for kind in ("requirements.lock", "requirements-dev.lock"):
        shutil.copyfile(ROOT / "services" / LOCKS_FROM / kind, service / kind)
    locks.lock(environments.deployables()[name], upgrade=False)
    generate.openapi(name, say)
    generate.settings(say)
    say(f"services/{name}, contracts/facts/{name} and a block in system.toml are written.")
    say(f"Its tests: make test suite={name}. Running: make up, then /api/v1/{name}.")
    say("By hand, before it is deployed, as those of events: its processes in deploy/compose.yaml, its callers in")
    say("deploy/make_secrets.py, its place in README's diagram. `make generate` gives the web app its types.")


def singular(name: str) -> str:
    """`notes` -> `note`, `companies` -> `company`; a name that has no plural stays."""
    return re.sub("ies$", "y", name) if name.endswith("ies") else re.sub("(?<!s)s$", "", name)


def block(name: str, noun: str) -> str:
    calls, states = json.dumps(["identity"]), json.dumps([f"{noun}.*"])
    return f'\n[services.{name}]\ndatabase = "{name}"\ncalls = {calls}\nstates = {states}\nhears = []\n'


def _check(name: str, noun: str) -> None:
    for word in (name, noun):
        if not re.fullmatch("[a-z][a-z0-9]{1,30}", word):
            raise Trouble(f"{word!r} can't be used: a name is a lower-case word of letters and digits, as in notes.")
    if name in system.load().deployables or name in environments.deployables() or name in sys.stdlib_module_names:
        raise Trouble(f"There is a {name} already: choose another name.")


def _copy(source: Path, target: Path, name: str, noun: str) -> None:
    if target.exists():
        raise Trouble(f"{target.relative_to(ROOT)} exists: remove it or choose another name.")
    words = {
        "service_name": name,
        "record_name": noun,
        "ServiceName": name.capitalize(),
        "RecordName": noun.capitalize(),
    }

    def renamed(text: str) -> str:
        for placeholder, word in words.items():
            text = text.replace(placeholder, word)
        return text

    for file in sorted(path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        made = target / renamed(str(file.relative_to(source)))
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(renamed(file.read_text()))


def _tidy(folder: Path) -> None:
    """Order of imports and breaks of lines, which depend on the name."""
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--quiet", "--select", "I", "--fix"], ["format", "--quiet"]):
        subprocess.run([ruff, *command, folder], cwd=ROOT, check=True)
