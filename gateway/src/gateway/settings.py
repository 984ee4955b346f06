"""What can be set about the gateway, with default, unit and meaning. Read once, at start."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Texts = tuple[str, ...]
Networks = tuple[Network, ...]

# CRM_CONTACTS_URL and the like: a new service is one more such name, and no change here.
SERVICE_URL = re.compile(r"CRM_([A-Z][A-Z0-9_]*)_URL(?:_FILE)?")


class BadSetting(Exception):
    """A setting that cannot be used; the text names it and says what was expected."""


@dataclass(frozen=True)
class BucketSetting:
    """A token bucket of `burst` tokens, refilled at `per_s`; written `120/20`."""

    burst: int
    per_s: float

    @classmethod
    def parse(cls, text: str) -> "BucketSetting":
        burst, _, rate = text.partition("/")
        bucket = cls(int(burst), float(rate))
        if bucket.burst < 1 or bucket.per_s <= 0:
            raise ValueError("both numbers must be positive, as in 120/20")
        return bucket


@dataclass(frozen=True)
class Settings:
    """Every field is read from its name in capitals; `<NAME>_FILE` may name a file that holds the value."""

    crm_internal_key: str  # proves the gateway to the services
    services: Mapping[str, Texts] = field(default_factory=dict)  # CRM_<NAME>_URL: base URLs, several are instances
    crm_listen: str = "127.0.0.1:8000"
    crm_metrics_listen: str = ""  # host:port of /metrics; empty: not served
    crm_public_url: str = "http://localhost:8000"  # issuer, own origin
    crm_cors_origins: Texts = ()  # other origins whose scripts may call
    crm_hosts: Texts = ()  # the only host names that are served; empty: any
    nats_url: str = ""  # empty: no live stream, memberships age out by their time-to-live alone
    valkey_url: str = ""  # empty: buckets in this process
    crm_web_dir: str = ""  # the built web app; empty: none is served
    crm_contracts_dir: str = "contracts/openapi"
    crm_contract_refresh_s: float = 30.0
    crm_log_level: str = "info"
    crm_rate_limits: bool = True
    crm_gateways: int = 1  # how many share the load: divides the local buckets while Valkey is away
    trusted_proxies: Networks = ()  # whose X-Forwarded-For counts
    supabase_url: str = ""  # hosted sign-in in place of identity's own
    supabase_publishable_key: str = ""
    supabase_jwt_secret: str = ""  # only for a project that still signs with HS256
    otel_exporter_otlp_endpoint: str = ""  # base URL of a collector; empty: no spans are sent

    crm_bucket_user: BucketSetting = BucketSetting(120, 20)
    crm_bucket_workspace: BucketSetting = BucketSetting(600, 100)
    crm_bucket_address: BucketSetting = BucketSetting(60, 5)
    crm_bucket_signin: BucketSetting = BucketSetting(30, 30 / 300)  # each kind of sign-in call, per address
    crm_bucket_refresh: BucketSetting = BucketSetting(30, 150 / 300)  # per session
    crm_bucket_factor: BucketSetting = BucketSetting(15, 15 / 60)  # second factor's challenge and verify, each

    crm_body_max_bytes: int = 1 << 20  # where the contract names no other
    crm_body_deadline_s: float = 30.0
    crm_deadline_s: float = 15.0  # a whole request
    crm_long_idle_s: float = 60.0  # silence on an upload, download or export
    crm_membership_ttl_s: float = 30.0
    crm_drain_s: float = 20.0  # in-flight answers after SIGTERM
    crm_upstream_in_flight: int = 64  # per service
    crm_heartbeat_s: float = 15.0  # comment on a silent live stream

    @property
    def issuer(self) -> str:
        return f"{self.crm_public_url}/auth/v1"


def load(environ: Mapping[str, str]) -> Settings:
    """Reads the settings; raises `BadSetting` naming the first that is missing or cannot be read."""
    kinds = get_type_hints(Settings)
    values: dict[str, Any] = {"services": _services(environ)}
    for entry in fields(Settings):
        text = _text(environ, entry.name.upper())
        if entry.name == "services" or not text:
            continue
        try:
            values[entry.name] = PARSERS[kinds[entry.name]](text)
        except ValueError as error:
            raise BadSetting(f"{entry.name.upper()} cannot be read: {error}") from error
    if "crm_internal_key" not in values:
        raise BadSetting("CRM_INTERNAL_KEY is not set: it proves the gateway to the services")
    if "identity" not in values["services"]:
        raise BadSetting("CRM_IDENTITY_URL is not set: identity knows who is a member of what")
    return Settings(**values)


def _services(environ: Mapping[str, str]) -> dict[str, Texts]:
    names = {match[1] for key in environ if (match := SERVICE_URL.fullmatch(key))} - {"PUBLIC"}
    found = {name.lower().replace("_", "-"): _texts(_text(environ, f"CRM_{name}_URL") or "") for name in sorted(names)}
    return {name: bases for name, bases in found.items() if bases}


def _text(environ: Mapping[str, str], name: str) -> str | None:
    if path := environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return environ.get(name)


def _texts(text: str) -> Texts:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def _networks(text: str) -> Networks:
    return tuple(ipaddress.ip_network(part, strict=False) for part in _texts(text))


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("expected on or off")
    return text.lower() == "on"


PARSERS: dict[Any, Callable[[str], Any]] = {
    str: lambda text: text.rstrip("/"),
    int: int,
    float: float,
    bool: _switch,
    Texts: _texts,
    Networks: _networks,
    BucketSetting: BucketSetting.parse,
}
