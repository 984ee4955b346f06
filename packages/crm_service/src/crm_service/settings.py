"""Settings from the environment into one frozen object.

A field is named as its variable, in lower case: `database_url` <- DATABASE_URL, `crm_listen` <- CRM_LISTEN. Any NAME
may come as NAME_FILE, the path of a file that holds the value: how secrets are mounted. An empty value counts as
absent.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_origin

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every process of a service is told. A service adds its own fields in a subclass.

    crm_listen: host:port of HTTP. crm_metrics_listen: host:port of /metrics and operator pages.
    crm_public_url: our own issuer is `<crm_public_url>/auth/v1`. crm_identity_url: where its key set is, comma list.
    crm_internal_key: ours, for calling others; crm_internal_keys: accepted, `gateway=k1,events=k2`.
    supabase_url, supabase_jwt_secret: the hosted issuer beside ours, and its legacy HS256 secret.
    """

    crm_listen: str = "127.0.0.1:0"
    crm_metrics_listen: str = "127.0.0.1:0"
    crm_public_url: str = "http://localhost:8000"
    crm_identity_url: str = ""
    crm_internal_key: str = ""
    crm_internal_keys: str = ""
    supabase_url: str = ""
    supabase_jwt_secret: str = ""
    otel_exporter_otlp_endpoint: str = ""
    crm_log_level: str = "info"


class SettingsError(Exception):
    """The environment does not fit; the message names each variable, never a value: it may be a secret."""


def load_settings(cls: type[SettingsT], environ: Mapping[str, str]) -> SettingsT:
    """Read `cls` from `environ`; all that is wrong is said at once, by SettingsError."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in fields(cls):
        try:
            text = _text(field.name.upper(), environ)
            if text is not None:
                values[field.name] = _value(field, text)
            elif _required(field):
                wrong.append(f"{field.name.upper()} is not set")
        except (OSError, ValueError) as error:
            wrong.append(f"{field.name.upper()}: {_reason(error)}")
    if wrong:
        raise SettingsError("; ".join(wrong))
    return cls(**values)


def blank_settings(cls: type[SettingsT]) -> SettingsT:
    """Defaults, and empty values where there is none: enough to list routes, not to run."""
    empty: dict[Any, Any] = {str: "", int: 0, float: 0.0, bool: False}
    return cls(**{field.name: empty.get(field.type) for field in fields(cls) if _required(field)})


def _text(name: str, environ: Mapping[str, str]) -> str | None:
    if path := environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip() or None
    return environ.get(name, "").strip() or None


def _value(field: FieldInfo, text: str) -> Any:
    # get_origin: tuple[str, ...] and list[str] are comma lists
    raw: Any = [part.strip() for part in text.split(",")] if get_origin(field.type) in (list, tuple) else text
    return msgspec.convert(raw, field.type, strict=False)


def _required(field: FieldInfo) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"its file cannot be read ({error.strerror})"
    if isinstance(error, msgspec.ValidationError):
        return str(error).split(" - ")[0].split(", got")[0]
    return "is not valid"
