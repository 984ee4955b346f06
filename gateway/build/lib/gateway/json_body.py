"""JSON with one meaning or none (case G13): no duplicate members, NaN, NUL, lone surrogates, nor more than 32 levels.

The quick way parses once, in C. Only a body that it refuses is read a second time, to say where the fault is.
"""

import json
import math
import re
from typing import Any, NoReturn

from gateway.problems import Fault
from gateway.schemas import escape

DEPTH_MAX = 32

STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKETS = re.compile(rb"[\[{\]}]")
# \u0000 and the surrogates' range: only where one stands in the bytes can a string hold what is looked for.
SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
UNFIT_CHARACTER = re.compile("[\x00\ud800-\udfff]")


class BadJson(Exception):
    """The body is no JSON that we accept; `fault` says what and where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


class _Unfit(ValueError):
    """Said by a parser's hook, which does not know where it is."""


def loads(body: bytes) -> Any:
    """The value of a UTF-8 JSON text; raises `BadJson`."""
    if _deepest(body) > DEPTH_MAX:
        raise BadJson(Fault(_pointer_of_depth(body), "too_deep", f"JSON is read to a depth of {DEPTH_MAX}."))
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
    except _Unfit:
        raise BadJson(_locate(body)) from None
    except UnicodeDecodeError:
        raise BadJson(Fault("", "not_utf8", "The body is not UTF-8.")) from None
    except ValueError as error:
        raise BadJson(Fault("", "not_json", f"The body is not JSON: {error}.")) from None
    if SUSPICIOUS.search(body) and (fault := _unfit_text(value, "")):
        raise BadJson(fault)
    return value


def _deepest(body: bytes) -> int:
    depth = deepest = 0
    # A body with few brackets cannot be deep: most are counted by two fast searches.
    if body.count(b"{") + body.count(b"[") <= DEPTH_MAX:
        return 0
    for bracket in BRACKETS.findall(STRINGS.sub(b"", body)):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _pointer_of_depth(body: bytes) -> str:
    """Where level 33 begins, as far as the text before it can be read."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    pointer = ""
    for _ in range(DEPTH_MAX):
        key, value = _deepest_child(value)
        pointer += f"/{escape(str(key))}"
    return pointer


def _deepest_child(value: Any) -> tuple[Any, Any]:
    children = value.items() if isinstance(value, dict) else enumerate(value)
    return max(children, key=lambda child: _height(child[1]))


def _height(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if children is None else 1 + max(map(_height, children), default=0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Unfit
    return members


def _no_constant(_name: str) -> NoReturn:
    raise _Unfit


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Unfit
    return number


class _Pairs(list[tuple[str, Any]]):
    """An object with all its members, the double ones too."""


class _Constant(str):
    """NaN, Infinity, or a number that is out of range."""


def _locate(body: bytes) -> Fault:
    tree = json.loads(body, object_pairs_hook=_Pairs, parse_constant=_Constant, parse_float=_constant_if_infinite)
    return _first_fault(tree, "") or Fault("", "not_json", "The body is not JSON that is read here.")


def _constant_if_infinite(text: str) -> Any:
    number = float(text)
    return number if math.isfinite(number) else _Constant(text)


def _first_fault(value: Any, pointer: str) -> Fault | None:
    if isinstance(value, _Constant):
        return Fault(pointer, "not_a_number", f"{value} is not a JSON number.")
    if isinstance(value, _Pairs):
        return _fault_in_object(value, pointer)
    if isinstance(value, list):
        return next((f for i, item in enumerate(value) if (f := _first_fault(item, f"{pointer}/{i}"))), None)
    return None


def _fault_in_object(pairs: _Pairs, pointer: str) -> Fault | None:
    seen = set()
    for name, value in pairs:
        here = f"{pointer}/{escape(name)}"
        if name in seen:
            return Fault(here, "duplicate_member", "This member stands more than once.")
        seen.add(name)
        if fault := _first_fault(value, here):
            return fault
    return None


def _unfit_text(value: Any, pointer: str) -> Fault | None:
    if isinstance(value, str):
        if UNFIT_CHARACTER.search(value):
            return Fault(pointer, "unfit_character", "A NUL or half a surrogate pair cannot be kept as text.")
        return None
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        if isinstance(key, str) and UNFIT_CHARACTER.search(key):
            return Fault(pointer, "unfit_character", "A member's name holds a NUL or half a surrogate pair.")
        if fault := _unfit_text(child, f"{pointer}/{escape(str(key))}"):
            return fault
    return None
