"""What a user may set, from the environment or a `.env` beside the Makefile; none is required."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crm_tools.environments import ROOT
from crm_tools.trouble import Trouble

# Read here. What is not here and begins with CRM_ belongs to a service, and is found in its settings.py.
OWN = (
    "CRM_HOST",
    "CRM_PORT",
    "CRM_DATA_DIR",
    "CRM_PUBLIC_URL",
    "CRM_SIGNUP",
    "CRM_RATE_LIMITS",
    "CRM_INSTANCES",
    "POSTGRES_URL",
    "NATS_URL",
    "VALKEY_URL",
    "SUPABASE_URL",
    "SMTP_URL",
)
OURS_ALONE = ("CRM_HOST", "CRM_PORT", "CRM_DATA_DIR", "CRM_INSTANCES")
# Handed on to every process as they are.
HANDED_ON = re.compile(r"(CRM|OTEL|SUPABASE)_[A-Z0-9_]+|SMTP_URL|TRUSTED_PROXIES")
# Of the machine, not of the CRM: a process finds its programs, its certificates and its proxy by them.
OF_THE_MACHINE = re.compile(r"PATH|HOME|LANG|LC_[A-Z]+|TMPDIR|SSL_CERT_(FILE|DIR)|(?i:(https?|no)_proxy)")
NOT_FOR_THE_SYSTEM = ("CRM_TEST_", "CRM_BENCH_", "CRM_DEMO_", "CRM_DEV_")
SCHEMES = {
    "CRM_PUBLIC_URL": ("http", "https"),
    "POSTGRES_URL": ("postgres", "postgresql"),
    "NATS_URL": ("nats", "tls"),
    "VALKEY_URL": ("redis", "rediss", "valkey", "valkeys"),
    "SUPABASE_URL": ("http", "https"),
    "SMTP_URL": ("smtp", "smtps"),
}
CHOICES = {"CRM_SIGNUP": ("open", "invite", "closed"), "CRM_RATE_LIMITS": ("on", "off")}


@dataclass(frozen=True)
class Settings:
    """The user's wishes, checked. An engine's URL is None where the embedded server is used."""

    host: str
    port: int  # 0: any free one
    data: Path
    public_url: str | None
    signup: str
    instances: Mapping[str, int]  # by process name; absent means one
    postgres_url: str | None
    nats_url: str | None
    valkey_url: str | None
    handed_on: Mapping[str, str]  # to every process: services' own settings among them
    machine: Mapping[str, str]

    @property
    def sends_mail(self) -> bool:
        return "SMTP_URL" in self.handed_on


def load(process_names: list[str], environ: Mapping[str, str] | None = None) -> Settings:
    """Reads and checks them; the first wrong one is said with its mend."""
    values = with_dotenv(os.environ if environ is None else environ, ROOT / ".env")
    _refuse_unknown(values)
    _refuse_malformed(values)
    host = values.get("CRM_HOST", "127.0.0.1")
    return Settings(
        host=host,
        port=_port(values.get("CRM_PORT", "8000")),
        data=Path(values.get("CRM_DATA_DIR", ROOT / "data")).expanduser().absolute(),
        public_url=values.get("CRM_PUBLIC_URL", "").rstrip("/") or None,
        signup=values.get("CRM_SIGNUP") or ("open" if is_loopback(host) else "invite"),
        instances=_instances(values.get("CRM_INSTANCES", ""), process_names),
        postgres_url=values.get("POSTGRES_URL"),
        nats_url=values.get("NATS_URL"),
        valkey_url=values.get("VALKEY_URL"),
        handed_on={
            name: value for name, value in values.items() if HANDED_ON.fullmatch(name) and name not in OURS_ALONE
        },
        machine={name: value for name, value in values.items() if OF_THE_MACHINE.fullmatch(name)},
    )


def with_dotenv(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment over the file. An empty value counts as absent; NAME_FILE is a path to the value."""
    values: dict[str, str] = {}
    lines = file.read_text().splitlines() if file.is_file() else []
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name.strip()):
            raise Trouble(f"Line {number} of {file} is not NAME=value: mend it, or take it out.")
        values[name.strip()] = value.strip().strip("\"'")
    values |= environ
    for name in [name for name in OWN if values.get(f"{name}_FILE")]:
        path = Path(values.pop(f"{name}_FILE"))
        if not path.is_file():
            raise Trouble(f"{name}_FILE names {path}, which is no file: write the value there, or set {name} instead.")
        values[name] = path.read_text().strip()
    return {name: value for name, value in values.items() if value}


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def known_names() -> set[str]:
    """Every CRM_ name that some part of the system reads: ours, and the fields of the services' settings classes."""
    files = [*ROOT.glob("*/src/*/settings.py"), *ROOT.glob("services/*/src/*/settings.py")]
    files += ROOT.glob("packages/*/src/*/settings.py")
    fields = {field.upper() for file in files for field in re.findall(r"^\s+(crm_\w+)\s*:", file.read_text(), re.M)}
    return fields | {name for name in OWN if name.startswith("CRM_")}


def _refuse_unknown(values: Mapping[str, str]) -> None:
    candidates = [name for name in values if name.startswith("CRM_") and not name.startswith(NOT_FOR_THE_SYSTEM)]
    known = known_names()
    for name in candidates:
        if name.removesuffix("_FILE") not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "README.md lists the settings."
            raise Trouble(f"{name} is not a setting of Mini-CRM: {hint}")


def _refuse_malformed(values: Mapping[str, str]) -> None:
    for name, choices in CHOICES.items():
        if name in values and values[name] not in choices:
            raise Trouble(f"{name} is {values[name]!r}: set it to {' or '.join(choices)}.")
    for name, schemes in SCHEMES.items():
        for url in values.get(name, "").split(",") if name in values else []:
            parts = urlsplit(url.strip())
            if parts.scheme not in schemes or not parts.hostname:
                # The value is not repeated: it may hold a password.
                raise Trouble(f"{name} is no URL of the form {schemes[0]}://host...: set it to one, or leave it out.")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise Trouble(f"CRM_PORT is {text!r}: set it to a port number, 1 to 65535 (8000 when unset).")
    return int(text)


def _instances(text: str, process_names: list[str]) -> dict[str, int]:
    """`gateway=2,contacts=2`"""
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        if name not in process_names or not number.isdecimal() or not 1 <= int(number) <= 16:
            names = ", ".join(process_names)
            raise Trouble(f"CRM_INSTANCES has {part!r}: write name=number, 1 to 16, with a name of {names}.")
        found[name] = int(number)
    return found
