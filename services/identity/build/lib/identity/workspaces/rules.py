"""What a workspace's settings may be. Decisions only."""

import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NAME_MAX_CHARS = 200
COUNTRY = re.compile(r"[A-Z]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

DEFAULTS: dict[str, Any] = {"country": None, "time_zone": "UTC", "locale": "en", "currency": None}


def normalised(values: dict[str, Any]) -> dict[str, Any]:
    """Trimmed; empty becomes null; codes in upper case; a null time zone or locale goes back to the default."""
    trimmed = {name: (value.strip() or None) if isinstance(value, str) else value for name, value in values.items()}
    for name in ("country", "currency"):
        code = trimmed.get(name)
        if isinstance(code, str):
            trimmed[name] = code.upper()
    return {name: DEFAULTS[name] if value is None and name in DEFAULTS else value for name, value in trimmed.items()}


def faults(values: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(pointer, code, sentence) of each value that breaks a rule."""
    checks = {
        "name": (_is_name, "A workspace needs a name of at most 200 characters."),
        "country": (lambda value: value is None or COUNTRY.fullmatch(value), "Use a two-letter country code like DE."),
        "time_zone": (_is_time_zone, "Use a time zone like Europe/Berlin."),
        "locale": (lambda value: LOCALE.fullmatch(value), "Use a language tag like en or de-AT."),
        "currency": (
            lambda value: value is None or CURRENCY.fullmatch(value),
            "Use a three-letter currency code like EUR.",
        ),
    }
    return [
        (f"/{name}", "required" if name == "name" and not value else "invalid", checks[name][1])
        for name, value in values.items()
        if not checks[name][0](value)
    ]


def _is_name(value: Any) -> bool:
    return bool(value) and len(value) <= NAME_MAX_CHARS and "\0" not in value


def _is_time_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
