"""Pages by number, and the Link header in the one form that auth-js can read: `page` first, then `per_page`."""

from dataclasses import dataclass
from math import ceil

from identity.auth.wire import AnyRequest
from identity.errors import ValidationFailed

PER_PAGE, PER_PAGE_MAX = 50, 1000
PAGE_MAX = 1_000_000


@dataclass(frozen=True)
class Paging:
    page: int
    per_page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    def headers(self, address: str, total: int) -> dict[str, str]:
        last = max(1, ceil(total / self.per_page))
        links = [f'<{address}?page={last}&per_page={self.per_page}>; rel="last"']
        if self.page < last:
            links.insert(0, f'<{address}?page={self.page + 1}&per_page={self.per_page}>; rel="next"')
        return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def paging(request: AnyRequest) -> Paging:
    """An empty parameter is an absent one; anything but a positive number is refused."""
    page = _positive(request, "page", 1)
    return Paging(min(page, PAGE_MAX), min(_positive(request, "per_page", PER_PAGE), PER_PAGE_MAX))


def _positive(request: AnyRequest, name: str, default: int) -> int:
    given = request.query_params.get(name) or str(default)
    if not given.isascii() or not given.isdigit() or len(given) > 9 or int(given) < 1:
        raise ValidationFailed(f"Bad Pagination Parameters: {name} has to be a positive number")
    return int(given)
