"""Decisions about custom field definitions, without input or output."""

import re
from collections.abc import Mapping
from typing import Any

from contacts.custom_fields.fields import LIST_MAX, OPTIONS_MAX
from crm_resource import Context, Field, Json, Kind, Problem
from crm_resource.values import Rejected, parse_value

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
_CHOICES = (Kind.SELECT, Kind.MULTI_SELECT)
_UNIQUE = (Kind.TEXT, Kind.NUMBER, Kind.EMAIL, Kind.PHONE, Kind.URL)


def key_of(label: str) -> str:
    """`Customer tier` is `customer_tier`."""
    plain = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")
    return (plain if plain[:1].isalpha() else f"f_{plain}")[:63].rstrip("_")


def problems_of(values: Mapping[str, Any]) -> list[Problem]:
    """All that is wrong with a definition as it is to be stored."""
    kind = Kind(values["type"])
    problems = []
    if not KEY.fullmatch(values["key"]):
        problems.append(Problem("/key", "bad_key", "A key has small letters, digits and _, and begins with a letter."))
    problems += _option_problems(kind, values["options"])
    if values["unique"] and kind not in _UNIQUE:
        problems.append(Problem("/unique", "not_for_type", f"A field of type {kind} can't be unique."))
    if values["unique"] and values["default"] is not None:
        problems.append(Problem("/default", "not_unique", "A unique field can't have a default."))
    return problems or _default_problems(values)


def _option_problems(kind: Kind, options: list[str]) -> list[Problem]:
    if kind not in _CHOICES:
        return [Problem("/options", "not_for_type", "Only select fields have options.")] if options else []
    if not options:
        return [Problem("/options", "required", "A select field needs options.")]
    folded = [option.strip().casefold() for option in options]
    if len(options) > OPTIONS_MAX or len(set(folded)) < len(folded) or not all(folded):
        return [Problem("/options", "bad_options", f"At most {OPTIONS_MAX} options, none empty and none twice.")]
    return []


def _default_problems(values: Mapping[str, Json]) -> list[Problem]:
    field = Field(
        values["key"], Kind(values["type"]), values["label"], max_length=LIST_MAX, options=tuple(values["options"])
    )
    try:
        parse_value(field, values["default"], Context())
    except Rejected as rejected:
        return [problem.under("/default") for problem in rejected.problems]
    return []
