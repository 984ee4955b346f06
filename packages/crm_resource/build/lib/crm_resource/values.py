"""One parser a kind: a JSON value in, the normalised value out, or a `Rejected` with code and reason.

Strings are trimmed and empty ones become None; e-mails and phones keep their spelling.
"""

import math
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from crm_resource.errors import Problem, pointer
from crm_resource.fields import Field, Json, Kind

LABEL_MAX_CHARS = 50
URL_MAX_CHARS = 2000
PHONE_MAX_CHARS = 50
PHONE_MIN_DIGITS = 3
NUMBER_MAX = 1e15  # beyond it a JSON number loses digits in JavaScript
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+([/?#:].*)?")


class Rejected(Exception):
    def __init__(self, code: str, detail: str, *path: str | int) -> None:
        super().__init__(detail)
        self.problems = [Problem(pointer(*path), code, detail)]


class RejectedParts(Rejected):
    """Several problems within one value (a list of e-mails)."""

    def __init__(self, problems: list[Problem]) -> None:
        Exception.__init__(self, problems[0].detail)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Context:
    """What a value is read in the light of: the workspace's country (ISO 3166-1 alpha-2) helps with phones."""

    country: str | None = None


def parse_value(field: Field, value: Json, context: Context) -> Json:
    """The value as it is stored. Raises Rejected, whose problems' pointers are relative to the value."""
    return None if value is None else _PARSERS[field.kind](field, value, context)


def clean_text(value: Json) -> str | None:
    if not isinstance(value, str):
        raise Rejected("not_text", "This must be text.")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Rejected("invalid_text", "This has a character that can't be stored.")
    return value.strip() or None


def _limited(value: Json, limit: int) -> str | None:
    text = clean_text(value)
    if text is not None and len(text) > limit:
        raise Rejected("too_long", f"At most {limit} characters.")
    return text


def _text(field: Field, value: Json, _: Context) -> Json:
    return _limited(value, field.max_length)


def _number(_: Field, value: Json, __: Context) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Rejected("not_a_number", "This must be a number.")
    if not math.isfinite(value) or abs(value) > NUMBER_MAX:
        raise Rejected("out_of_range", "This number is too large.")
    return value


def _boolean(_: Field, value: Json, __: Context) -> Json:
    if not isinstance(value, bool):
        raise Rejected("not_a_boolean", "This must be true or false.")
    return value


def _date(_: Field, value: Json, __: Context) -> Json:
    text = clean_text(value)
    if text is None:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Rejected("invalid_date", "This must be a date, YYYY-MM-DD.") from None


def _instant(_: Field, value: Json, __: Context) -> Json:
    return parse_instant(value).isoformat()


def parse_instant(value: Json) -> datetime:
    """RFC 3339 with an offset; a bare date is its first moment in UTC."""
    text = clean_text(value) or ""
    try:
        parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is None and not _DATE.fullmatch(text):
            raise ValueError
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Rejected("invalid_instant", "This must be a moment such as 2026-11-23T09:30:00Z.") from None


def _id(_: Field, value: Json, __: Context) -> Json:
    try:
        if not isinstance(value, str):
            raise ValueError
        return str(uuid.UUID(value))
    except ValueError:
        raise Rejected("invalid_id", "This must be an id (a UUID).") from None


def _select(field: Field, value: Json, _: Context) -> Json:
    text = clean_text(value)
    if text is None:
        return None
    chosen = next((option for option in field.options if option.casefold() == text.casefold()), None)
    if chosen is None:
        raise Rejected("not_an_option", f"This must be one of: {', '.join(field.options)}.")
    return chosen


def _multi_select(field: Field, value: Json, context: Context) -> Json:
    chosen = _each(field, value, lambda each, _: _select(field, each, context))
    return [option for option in field.options if option in chosen]


def _url(_: Field, value: Json, __: Context) -> Json:
    text = _limited(value, URL_MAX_CHARS)
    if text is None:
        return None
    candidate = f"https://{text}" if _BARE_DOMAIN.fullmatch(text) else text
    try:
        parts = urlsplit(candidate)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", candidate)
    except ValueError:
        valid = False
    if not valid:
        # javascript:, data: and their like would run in the page of whoever clicks
        raise Rejected("invalid_url", "This must be a web address that begins with http:// or https://.")
    return candidate


def _email(_: Field, value: Json, __: Context) -> Json:
    text = clean_text(value)
    if text is None:
        return None
    if not is_email(text):
        raise Rejected("invalid_email", "This is not an e-mail address.")
    return text


# What needs no second look, which is nearly every address; the library takes ten times as long and decides the rest.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@(?=.{4,200}$)([A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}"
)
_LOCAL_PART_MAX_CHARS = 64


@lru_cache(maxsize=4096)
def is_email(text: str) -> bool:
    if _PLAIN_EMAIL.fullmatch(text) and "--" not in text and text.index("@") <= _LOCAL_PART_MAX_CHARS:
        return True
    try:
        validate_email(text, check_deliverability=False, allow_quoted_local=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _phone(_: Field, value: Json, __: Context) -> Json:
    text = _limited(value, PHONE_MAX_CHARS)
    if text is not None and sum(char.isdigit() for char in text) < PHONE_MIN_DIGITS:
        raise Rejected("invalid_phone", "This is not a phone number.")
    return text


@lru_cache(maxsize=4096)
def e164(phone: str, country: str | None) -> str | None:
    """`030 123456` in DE is `+4930123456`; None where no number can be made of it."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _emails(field: Field, value: Json, context: Context) -> Json:
    return _children(field, value, ("value", "label", "primary"), lambda text: _email(field, text, context))


def _phones(field: Field, value: Json, context: Context) -> Json:
    # `e164` is ours: it is accepted, so that a record can be sent back as it came, and made anew
    parsed = _children(field, value, ("value", "label", "primary", "e164"), lambda text: _phone(field, text, context))
    return [{**each, "e164": e164(each["value"], context.country)} for each in parsed]


def _children(
    field: Field, value: Json, known: tuple[str, ...], parse: Callable[[Json], Json]
) -> list[dict[str, Json]]:
    parsed = _each(field, value, lambda each, _: _child(each, known, parse))
    unique = list({each["value"].casefold(): each for each in reversed(parsed) if each is not None}.values())[::-1]
    marked = [index for index, each in enumerate(unique) if each["primary"]]
    if len(marked) > 1:
        raise Rejected("several_primary", "Only one can be primary.", marked[1], "primary")
    main = marked[0] if marked else 0
    return [{**each, "primary": index == main} for index, each in enumerate(unique)]


def _child(value: Json, known: tuple[str, ...], parse: Callable[[Json], Json]) -> dict[str, Json] | None:
    _only(value, known)
    primary = value.get("primary")
    if primary is not None and not isinstance(primary, bool):
        raise Rejected("not_a_boolean", "This must be true or false.", "primary")
    given = value.get("value")
    text = None if given is None else _within("value", lambda: parse(given))
    if text is None:
        raise Rejected("required", "This needs a value.", "value")
    return {"value": text, "label": _label(value), "primary": bool(primary)}


def _links(field: Field, value: Json, context: Context) -> Json:
    def one(each: Json, _: int) -> Json:
        _only(each, ("url", "label"))
        given = each.get("url")
        url = None if given is None else _within("url", lambda: _url(field, given, context))
        if url is None:
            raise Rejected("required", "This needs an address.", "url")
        return {"url": url, "label": _label(each)}

    return _each(field, value, one)


def _label(value: dict[str, Json]) -> str | None:
    label = value.get("label")
    return None if label is None else _within("label", lambda: _limited(label, LABEL_MAX_CHARS))


def _only(value: Json, known: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise Rejected("not_an_object", f"This must be an object with {', '.join(known)}.")
    unknown = [Problem(pointer(key), "unknown_field", "There is no such member.") for key in value if key not in known]
    if unknown:
        raise RejectedParts(unknown)


def _within(key: str | int, parse: Callable[[], Json]) -> Json:
    try:
        return parse()
    except Rejected as rejected:
        raise RejectedParts([problem.under(pointer(key)) for problem in rejected.problems]) from None


def _each(field: Field, value: Json, parse: Callable[[Json, int], Json]) -> list[Json]:
    """Every element parsed; all that is wrong with any of them in one refusal."""
    if not isinstance(value, list):
        raise Rejected("not_a_list", "This must be a list.")
    if len(value) > field.max_length:
        raise Rejected("too_many", f"At most {field.max_length}.")
    parsed: list[Json] = []
    problems: list[Problem] = []
    for index, each in enumerate(value):
        try:
            parsed.append(parse(each, index))
        except Rejected as rejected:
            problems.extend(problem.under(pointer(index)) for problem in rejected.problems)
    if problems:
        raise RejectedParts(problems)
    return parsed


def _tags(field: Field, value: Json, _: Context) -> Json:
    names = _each(field, value, lambda each, _: _limited(each, 200))
    return list({name.casefold(): name for name in reversed(names) if name}.values())[::-1]


def _ids(field: Field, value: Json, context: Context) -> Json:
    def one(each: Json, _: int) -> Json:
        if each is None:
            raise Rejected("invalid_id", "This must be an id (a UUID).")
        return _id(field, each, context)

    return list(dict.fromkeys(_each(field, value, one)))


def country_code(text: str) -> str:
    """`Germany`, `deutschland`, `de` are `DE`; what isn't recognised stays as it is."""
    return text.upper() if text.upper() in _locale_data() else _country_names().get(text.casefold(), text)


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    return {name.casefold(): code for code, name in _named_countries()} | {"usa": "US", "uk": "GB"}


def _named_countries() -> Iterator[tuple[str, str]]:
    for code, names in _locale_data().items():
        for name in names.values():
            # "*de" points at another language's entry; the empty name stands for one that is the same
            if name and not name.startswith("*"):
                yield code, name


@lru_cache(maxsize=1)
def _locale_data() -> dict[str, dict[str, str]]:
    """Names of countries by code and language, out of one file of phonenumbers.

    Imported the usual way it brings its package along: the places of all phone numbers, 90 MiB in every process.
    """
    file = Path(phonenumbers.__file__).parent / "geodata" / "locale.py"
    spec = spec_from_file_location("phonenumbers.geodata.locale", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} can't be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    names: dict[str, dict[str, str]] = module.LOCALE_DATA
    return names


_PARSERS: dict[Kind, Callable[[Field, Json, Context], Json]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.ID: _id,
    Kind.SELECT: _select,
    Kind.MULTI_SELECT: _multi_select,
    Kind.URL: _url,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.TAGS: _tags,
    Kind.IDS: _ids,
    Kind.EMAILS: _emails,
    Kind.PHONES: _phones,
    Kind.LINKS: _links,
}
