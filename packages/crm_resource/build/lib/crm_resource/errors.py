"""What a caller gets told. Any service renders an exception that has `status` and `code` as a problem.

Invalid (422)     a body that breaks rules: all of its problems at once
BadQuery (400)    a query parameter that can't be understood
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, with the JSON pointer to it (`/emails/0/value`)."""

    pointer: str
    code: str
    detail: str

    def under(self, prefix: str) -> "Problem":
        return Problem(prefix + self.pointer, self.code, self.detail)


class Invalid(Exception):
    """The request was understood and breaks a rule; nothing was changed."""

    status = 422
    code = "invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        first = self.problems[0]
        self.detail = first.detail if len(self.problems) == 1 else f"{len(self.problems)} values are not valid."
        super().__init__(self.detail)

    @property
    def errors(self) -> list[dict[str, str]]:
        return [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in self.problems]


class BadQuery(Invalid):
    """A query parameter (pointer `/query/filter/...`) that can't be understood."""

    status = 400
    code = "bad_query"


def pointer(*parts: str | int) -> str:
    """RFC 6901: `pointer("custom", "a/b")` is `/custom/a~1b`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
