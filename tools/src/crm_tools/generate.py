"""`make generate`: the services' OpenAPI into contracts/openapi, and from these the web app's types."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from crm_tools import environments, settings_page, system, web
from crm_tools.environments import ROOT
from crm_tools.trouble import Trouble

CONTRACTS = ROOT / "contracts" / "openapi"
GENERATED = ("contracts/openapi", "docs/settings.md", "web/src/api/generated")
Say = Callable[[str], None]


def run(say: Say) -> None:
    services = [service.name for service in system.load().services]
    environments.ensure([system.GATEWAY])
    for name in services:
        openapi(name, say)
    settings(say)
    if (web.WEB / "package.json").is_file():
        done = web.install(say).run("run", "generate", "--", f"{_merged().parent}/", folder=web.WEB)
        if done.returncode:
            raise Trouble(f"The web app's types could not be generated:\n{done.stdout}{done.stderr}")
        say("web/src/api/generated")


def openapi(name: str, say: Say) -> None:
    """What the service publishes, as the committed copy that is reviewed and that the gateway begins with."""
    environments.ensure([name])
    CONTRACTS.mkdir(parents=True, exist_ok=True)
    file = CONTRACTS / f"{name}.json"
    file.write_text(json.dumps(_openapi(name), indent=2, ensure_ascii=False) + "\n")
    say(str(file.relative_to(ROOT)))


def settings(say: Say) -> None:
    settings_page.write()
    say(str(settings_page.PAGE.relative_to(ROOT)))


def changed() -> str:
    """What git sees changed in generated files; empty when they are current."""
    command = ["git", "status", "--porcelain", "--", *GENERATED]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _merged() -> Path:
    """What the gateway makes of the services' documents and its own: the whole public API."""
    file = ROOT / "build" / "openapi" / "merged.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(_openapi(system.GATEWAY)))
    return file


def _openapi(name: str) -> object:
    service = environments.deployables()[name]
    command = [str(service.python), "-m", name, "openapi"]
    environ = os.environ | {"CRM_CONTRACTS_DIR": str(CONTRACTS)}
    done = subprocess.run(command, cwd=service.folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"{name} could not print its OpenAPI:\n{done.stderr}")
    return json.loads(done.stdout)
