"""`make doctor`: looks at everything that can stand in the way of a start, and names each with its mend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable

from crm_tools import environments, leftovers, node, settings, status, system
from crm_tools.installation import Installation
from crm_tools.ports import is_free
from crm_tools.servers.account import database_account
from crm_tools.settings import Settings
from crm_tools.trouble import Trouble
from crm_tools.up import DISK_FREE_MIN_MB

Check = Callable[[], str]  # answers what it found; raises Trouble with the mend


def run() -> int:
    """0 when nothing is wrong, else 1."""
    print(f"Python {sys.version.split()[0]}, {sys.platform}, {'root' if os.geteuid() == 0 else 'an ordinary user'}")
    wrong = 0
    try:
        wishes = settings.load(system.load().process_names)
    except Trouble as trouble:
        print(f"wrong  settings: {trouble}")
        return 1
    for name, check in _checks(wishes).items():
        try:
            print(f"ok     {name}: {check()}")
        except Trouble as trouble:
            wrong += 1
            print(f"wrong  {name}: {trouble}")
    print("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    return int(bool(wrong))


def _checks(wishes: Settings) -> dict[str, Check]:
    return {
        "settings": lambda: "all known and well formed",
        "data folder": lambda: _data(wishes),
        "disk": lambda: _disk(wishes),
        "database account": lambda: _account(wishes),
        "environments": _environments,
        "Node.js": lambda: "the machine's" if node.is_of_the_machine() else "comes as a wheel, at the first build",
        "port": lambda: _port(wishes),
        "processes": lambda: _processes(wishes),
    }


def _data(wishes: Settings) -> str:
    Installation(wishes.data).prepare()
    return str(wishes.data)


def _disk(wishes: Settings) -> str:
    free_mb = shutil.disk_usage(wishes.data).free // 2**20
    if free_mb < DISK_FREE_MIN_MB:
        raise Trouble(
            f"only {free_mb} MB are free for {wishes.data}, and {DISK_FREE_MIN_MB} are needed: free some space."
        )
    return f"{free_mb} MB free"


def _account(wishes: Settings) -> str:
    if wishes.postgres_url:
        return "not needed, POSTGRES_URL names a server"
    account = database_account()
    if account is None:
        return "not needed, Postgres runs as you"
    return f"{account.name} runs Postgres"


def _environments() -> str:
    known = environments.deployables()
    stale = [name for name in system.load().deployables if not environments.is_current(known[name])]
    return f"`make up` will prepare {', '.join(stale)}" if stale else "all prepared"


def _port(wishes: Settings) -> str:
    ours = {entry.port for entry, _ in leftovers.running(Installation(wishes.data).read_processes())}
    if wishes.port in ours:
        return f"{wishes.port} is in use by this installation"
    if wishes.port and not is_free(wishes.host, wishes.port):
        raise Trouble(f"{wishes.port} on {wishes.host} is taken: stop that program, or set CRM_PORT to another.")
    return f"{wishes.port} is free"


def _processes(wishes: Settings) -> str:
    entries = Installation(wishes.data).read_processes()
    if not entries:
        return "none run"
    states = status.states(entries)
    if bad := [f"{name} is {state}" for name, state in states.items() if state != "ready"]:
        raise Trouble(f"{', '.join(bad)}: read its log in {wishes.data / 'logs'}, or stop and start with `make up`.")
    return f"{len(entries)} run and are ready"
