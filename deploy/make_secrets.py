"""Makes the secrets of an installation in a folder, once: passwords, keys, and the URLs and settings that hold them.

    python3 make_secrets.py /secrets

What is there is left alone, so it may run at every start. A file is a value that a process reads through `<NAME>_FILE`;
the settings of NATS and Valkey are files because a password has no place in a command line. Standard library only.
"""

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

SERVERS = {"postgres": "postgres:5432", "nats": "nats:4222", "valkey": "valkey:6379"}
SERVICES = ("identity", "contacts", "events")
CALLERS = {  # who may call whom; the same as in system.toml, which a test holds it to
    "identity": ("gateway", "contacts", "events"),
    "contacts": ("gateway", "events"),
    "events": ("gateway",),
}
# Inside the containers; each image that reads them runs as this user.
OWNER = 10001


def main(folder: Path, *handed_over: Path) -> None:
    """`handed_over`: folders of fresh volumes, which belong to root, for processes that do not run as root."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [name for name, make in wanted(folder) if write_once(folder / name, make)]
    for each in handed_over:
        os.chown(each, OWNER, OWNER)
    print(f"{len(made)} secrets made, the others were there.")


def wanted(folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """(file, how its content is made), in the order in which one needs another."""

    def content(name: str) -> str:
        return (folder / name).read_text()

    for name in ("postgres-password", "nats-password", "valkey-password"):
        yield name, password
    for caller in ("gateway", *SERVICES):
        yield f"internal-key-{caller}", password
    for service in SERVICES:
        yield f"secret-{service}", lambda: secrets.token_hex(32)
        for role in ("owner", "api", "worker"):
            yield f"database-{service}-{role}", password
        yield f"internal-keys-{service}", partial(accepted_keys, service, content)
        for role in ("api", "worker"):
            yield f"url-{service}-{role}", partial(database_url, service, role, content)
    yield "url-postgres", lambda: f"postgres://postgres:{content('postgres-password')}@{host('postgres')}/postgres"
    yield "url-nats", lambda: f"nats://crm:{content('nats-password')}@{host('nats')}"
    yield "url-valkey", lambda: f"redis://:{content('valkey-password')}@{host('valkey')}/0"
    yield "nats.conf", lambda: nats_settings(content("nats-password"))
    yield "valkey.conf", lambda: valkey_settings(content("valkey-password"))


def accepted_keys(service: str, content: Callable[[str], str]) -> str:
    return ",".join(f"{caller}={content(f'internal-key-{caller}')}" for caller in CALLERS[service])


def database_url(service: str, role: str, content: Callable[[str], str]) -> str:
    secret = content(f"database-{service}-{role}")
    return f"postgres://{service}_{role}:{secret}@{host('postgres')}/{service}"


def host(name: str) -> str:
    """host:port of a server as the containers reach it; CRM_POSTGRES_HOST and the like name one that is elsewhere."""
    return os.environ.get(f"CRM_{name.upper()}_HOST", SERVERS[name])


def password() -> str:
    return secrets.token_urlsafe(32)


def nats_settings(secret: str) -> str:
    # Acknowledged means on the disk: by default NATS says so up to two minutes earlier.
    return f"""\
server_name: $HOSTNAME
listen: "0.0.0.0:{host("nats").rpartition(":")[2]}"
authorization {{ user: crm, password: "{secret}" }}
jetstream {{ store_dir: "/data", sync_interval: always }}
"""


def valkey_settings(secret: str) -> str:
    return f"""\
port {host("valkey").rpartition(":")[2]}
requirepass {secret}
maxmemory 128mb
maxmemory-policy allkeys-lru
save ""
appendonly no
"""


def write_once(path: Path, make: Callable[[], str]) -> bool:
    if path.exists():
        return False
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
    with os.fdopen(descriptor, "w") as file:
        file.write(make())
    if os.geteuid() == 0:
        os.chown(draft, OWNER, OWNER)
    draft.rename(path)
    return True


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
