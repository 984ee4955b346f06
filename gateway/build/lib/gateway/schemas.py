"""Parameters and bodies against the services' JSON Schemas, compiled once. Faults come back with pointers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from gateway.problems import Fault

FAULTS_MAX = 50

# Formats that the services judge themselves, with libraries made for it: two opinions about an address help nobody.
UNJUDGED = ("email", "idn-email", "uri", "iri", "uri-reference", "iri-reference", "hostname", "idn-hostname", "regex")
UNJUDGED_FORMATS: dict[str, Callable[..., bool]] = dict.fromkeys(UNJUDGED, lambda _value: True)

CODES = {
    "additionalProperties": "unknown_field",
    "unevaluatedProperties": "unknown_field",
    "required": "required",
    "type": "wrong_type",
    "enum": "not_allowed",
    "const": "not_allowed",
    "format": "invalid_format",
    "pattern": "invalid_format",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minimum": "too_small",
    "exclusiveMinimum": "too_small",
    "maximum": "too_large",
    "exclusiveMaximum": "too_large",
    "minItems": "too_few",
    "maxItems": "too_many",
    "uniqueItems": "not_unique",
}

INTEGER = re.compile(r"-?[0-9]{1,18}")
NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def compiled(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Draft202012Validator:
    """A validator whose `$ref`s reach the document's components."""
    whole = {**schema, "components": document.get("components", {})}
    return Draft202012Validator(whole, validate_formats=True, formats=UNJUDGED_FORMATS, offline=True)


class UnreadableQuery(Exception):
    """A query that is not percent-encoded UTF-8."""


class Parameter:
    """A query or header parameter: how its text becomes a value, and what the value must be."""

    def __init__(self, name: str, spec: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        self.name = name
        self.required: bool = spec.get("required", False)
        self.pointer = f"/{spec['in']}/{name}"
        schema = spec.get("schema", {})
        self.types = _types(schema, document)
        self._validator = compiled(schema, document)

    def faults(self, texts: Sequence[str]) -> list[Fault]:
        if "array" in self.types:
            value: Any = [_value(text, _item_types(self.types)) for text in texts]
        elif len(texts) > 1:
            return [Fault(self.pointer, "repeated", f"{self.name} stands more than once.")]
        else:
            value = _value(texts[0], self.types)
        return [fault for error in self._validator.iter_errors(value) for fault in _faults(error, self.pointer)][:1]


class ParameterCheck:
    """All parameters of an operation."""

    def __init__(self, path: str, specs: Iterable[Mapping[str, Any]], document: Mapping[str, Any]) -> None:
        resolved = [_resolve(spec, document) for spec in specs]
        self._query = {
            spec["name"]: Parameter(spec["name"], spec, document) for spec in resolved if spec["in"] == "query"
        }
        self._required = [parameter for parameter in self._query.values() if parameter.required]
        in_path = {spec["name"]: Parameter(spec["name"], spec, document) for spec in resolved if spec["in"] == "path"}
        names = [_parameter_name(segment) for segment in path.split("/") if segment.startswith("{")]
        self._path = [in_path.get(name) for name in names]

    def path_fits(self, values: Sequence[str]) -> bool:
        """Whether the path can name a record at all: an id that is no UUID is simply not there."""
        return not any(
            parameter is not None and parameter.faults([value])
            for parameter, value in zip(self._path, values, strict=True)
        )

    def query_faults(self, query: bytes) -> list[Fault]:
        """Unknown, repeated, missing and unfitting query parameters. Raises `UnreadableQuery`."""
        given = parse_query(query) if query else {}
        faults = [
            Fault(parameter.pointer, "required", f"{parameter.name} is needed.")
            for parameter in self._required
            if parameter.name not in given
        ]
        for name, texts in given.items():
            parameter = self._query.get(name)
            if parameter is None:
                faults.append(Fault(f"/query/{escape(name)}", "unknown_parameter", "There is no such parameter here."))
            else:
                faults.extend(parameter.faults(texts))
        return faults


class BodyCheck:
    """What an operation takes as its body: media types, and a schema for JSON."""

    def __init__(self, media_types: Sequence[str], required: bool, validator: Draft202012Validator | None) -> None:
        self.media_types = media_types
        self.required = required
        self._validator = validator

    @classmethod
    def of(
        cls, spec: Mapping[str, Any] | None, document: Mapping[str, Any], *, check_members: bool
    ) -> "BodyCheck | None":
        if spec is None:
            return None
        resolved = _resolve(spec, document)
        content = resolved.get("content", {})
        schema = next((content[media].get("schema") for media in content if is_json(media)), None)
        validator = compiled(schema, document) if schema is not None and check_members else None
        return cls(tuple(content), resolved.get("required", False), validator)

    def faults(self, value: Any) -> list[Fault]:
        if self._validator is None or self._validator.is_valid(value):
            return []
        return [fault for error in self._validator.iter_errors(value) for fault in _faults(error, "")][:FAULTS_MAX]


def is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


def parse_query(query: bytes) -> dict[str, list[str]]:
    """Name to texts, in order. Raises `UnreadableQuery`."""
    given: dict[str, list[str]] = {}
    for part in query.split(b"&"):
        if part:
            name, _, text = part.partition(b"=")
            given.setdefault(_decode(name), []).append(_decode(text))
    return given


def escape(name: str) -> str:
    """A member's name inside a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _decode(part: bytes) -> str:
    if b"+" in part:
        part = part.replace(b"+", b" ")
    try:
        return (unquote_to_bytes(part) if b"%" in part else part).decode()
    except UnicodeDecodeError as error:
        raise UnreadableQuery from error


def _resolve(spec: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in spec:
        target: Any = document
        for part in spec["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        spec = target
    return spec


def _parameter_name(segment: str) -> str:
    return segment.strip("{}").partition(":")[0]


def _types(schema: Mapping[str, Any], document: Mapping[str, Any]) -> frozenset[str]:
    """Every JSON type that a schema lets through at its top, and `items:<type>` for those inside an array."""
    schema = _resolve(schema, document)
    named = schema.get("type", [])
    types = {named} if isinstance(named, str) else set(named)
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        types |= _types(part, document)
    if "items" in schema:
        types |= {f"items:{kind}" for kind in _types(schema["items"], document)}
    return frozenset(types)


def _item_types(types: frozenset[str]) -> frozenset[str]:
    return frozenset(kind.removeprefix("items:") for kind in types if kind.startswith("items:"))


def _value(text: str, types: frozenset[str]) -> Any:
    """A parameter's text as the JSON value that its schema speaks of; left as text where it is none of them."""
    if "integer" in types and INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


def _faults(error: ValidationError, prefix: str) -> list[Fault]:
    kind = error.kind
    if isinstance(kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid):
        branch = _closest(kind.context, len(error.instance_path))
        if branch:
            return [fault for inner in branch for fault in _faults(inner, prefix)]
    pointer = prefix + "".join(f"/{escape(str(part))}" for part in error.instance_path)
    code = CODES.get(kind.name, "invalid")
    if isinstance(kind, ValidationErrorKind.AdditionalProperties | ValidationErrorKind.UnevaluatedProperties):
        return [Fault(f"{pointer}/{escape(name)}", code, "This member is not known here.") for name in kind.unexpected]
    if isinstance(kind, ValidationErrorKind.Required):
        return [Fault(f"{pointer}/{escape(str(kind.property))}", code, "This member is needed.")]
    return [Fault(pointer, code, error.message[:500])]


def _closest(branches: Sequence[Sequence[ValidationError]], depth: int) -> Sequence[ValidationError]:
    """The alternative that was most likely meant: the one whose faults lie inside the value, not in its type."""

    def of_another_type(branch: Sequence[ValidationError]) -> bool:
        return any(error.kind.name == "type" and len(error.instance_path) == depth for error in branch)

    meant = [branch for branch in branches if not of_another_type(branch)]
    return min(meant, key=len, default=())
