"""Which field a column of a file means: by the table's import names, told apart from mere likeness by a confidence."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crm_resource.fields import Field, FieldTable, Kind

EXACT = 1.0
QUALIFIED = 0.9  # "phone 2", "business phone" beside "phone"
QUALIFIERS = r"^(business|home|work|office|mailing|postal|primary|personal|contact)\s+"
UNLIKE = {"county"}  # a letter away from a field, and something else
LIKENESS_MIN = 0.82


@dataclass(frozen=True, slots=True)
class Guess:
    field: str | None  # the name filters use: emails, address.city, custom.tier
    confidence: float  # 0 to 1


def importable(table: FieldTable) -> dict[str, Field]:
    """Every field that a column can be mapped to, by its name."""
    found: dict[str, Field] = {}
    for each in table.own():
        if each.kind is Kind.OBJECT:
            found |= {f"{each.name}.{member.name}": member for member in each.members}
        elif each.kind is not Kind.ID:
            found[each.name] = each
    return found


def guess(table: FieldTable, columns: Sequence[str], extra: dict[str, tuple[str, ...]] | None = None) -> list[Guess]:
    """One guess a column; `extra` adds names that are no field of the table (`{"company": ("organisation",)}`)."""
    known = _known_names(table) | {plain(name): field for field, names in (extra or {}).items() for name in names}
    return [_guess_one(plain(column), known) for column in columns]


def plain(text: str) -> str:
    """`E-Mail Address`, `email_address`, `emailAddress` are `email address`, `email address`, `email address`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    bare = "".join(char for char in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold().replace("e-mail", "email")))


def _known_names(table: FieldTable) -> dict[str, str]:
    return {
        plain(alias): name
        for name, field in importable(table).items()
        for alias in (name, name.rpartition(".")[2], field.label, *field.import_names)
    }


def _guess_one(column: str, known: dict[str, str]) -> Guess:
    if column in known:
        return Guess(known[column], EXACT)
    bare = re.sub(r"\s*\d+( value)?$", "", column)
    for candidate in (bare, re.sub(QUALIFIERS, "", bare)):
        if candidate in known:
            return Guess(known[candidate], QUALIFIED)
    if column in UNLIKE:
        return Guess(None, 0.0)
    likeness, name = max(((SequenceMatcher(None, column, each).ratio(), each) for each in known), default=(0.0, ""))
    return Guess(known[name], round(likeness, 2)) if likeness >= LIKENESS_MIN else Guess(None, 0.0)
