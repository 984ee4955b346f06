"""JSON Schema 2020-12 of a resource, for the OpenAPI: what is read, what is created, what is patched."""

from typing import Any

from crm_resource.fields import LISTS, Field, FieldTable, Kind
from crm_resource.values import LABEL_MAX_CHARS, NUMBER_MAX, PHONE_MAX_CHARS, URL_MAX_CHARS

Schema = dict[str, Any]

_STRING_FORMATS = {Kind.DATE: "date", Kind.INSTANT: "date-time", Kind.ID: "uuid"}
_STRING_LIMITS = {Kind.URL: URL_MAX_CHARS, Kind.PHONE: PHONE_MAX_CHARS, Kind.EMAIL: 254}


def written_schema(table: FieldTable) -> Schema:
    """The body of a creation or a patch: own fields, all optional, nothing else."""
    return {
        "type": "object",
        "properties": {each.name: _nullable(value_schema(each)) for each in table.own()},
        "additionalProperties": False,
    }


def read_schema(table: FieldTable) -> Schema:
    """The record as it is answered: every member is there."""
    properties = {each.name: _read(each) for each in table.members()}
    return {"type": "object", "properties": properties, "required": list(properties)}


def value_schema(field: Field) -> Schema:
    schema = _kind_schema(field)
    return {**schema, "title": field.label}


def _kind_schema(field: Field) -> Schema:
    match field.kind:
        case Kind.NUMBER:
            return {"type": "number", "minimum": -NUMBER_MAX, "maximum": NUMBER_MAX}
        case Kind.BOOLEAN:
            return {"type": "boolean"}
        case Kind.MULTI_SELECT | Kind.TAGS:
            return {"type": "array", "items": {"type": "string"}, "maxItems": field.max_length}
        case Kind.IDS:
            items = {"type": "string", "format": "uuid"}
            return {"type": "array", "items": items, "maxItems": field.max_length}
        case Kind.EMAILS | Kind.PHONES:
            return {"type": "array", "items": _child_schema(field), "maxItems": field.max_length}
        case Kind.LINKS:
            link = {"url": {"type": "string", "maxLength": URL_MAX_CHARS}, "label": _label_schema()}
            return {"type": "array", "items": _object(link, ["url"]), "maxItems": field.max_length}
        case Kind.OBJECT if field.members:
            return _object({each.name: _nullable(value_schema(each)) for each in field.members}, [])
        case Kind.OBJECT:
            return {"type": "object", "description": "Keys are those of the workspace's custom fields."}
        case _:
            return _string_schema(field)


def _string_schema(field: Field) -> Schema:
    if field.kind in _STRING_FORMATS:
        # the format is a statement, not a check: an empty string is taken as "no value"
        return {"type": "string", "format": _STRING_FORMATS[field.kind]}
    return {"type": "string", "maxLength": _STRING_LIMITS.get(field.kind, field.max_length)}


def _child_schema(field: Field) -> Schema:
    members: Schema = {
        "value": {"type": "string", "maxLength": 254 if field.kind is Kind.EMAILS else PHONE_MAX_CHARS},
        "label": _label_schema(),
        "primary": {"type": "boolean"},
    }
    if field.kind is Kind.PHONES:
        members["e164"] = {"type": ["string", "null"], "description": "Made from the value; ignored when sent."}
    return _object(members, ["value"])


def _label_schema() -> Schema:
    return {"type": ["string", "null"], "maxLength": LABEL_MAX_CHARS}


def _object(properties: Schema, required: list[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _read(field: Field) -> Schema:
    always = field.required or field.kind in LISTS or field.kind is Kind.OBJECT
    schema = value_schema(field)
    schema = {**schema, "readOnly": True} if field.read_only else schema
    return schema if always else _nullable(schema)


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}
