"""Everything outside /api and /auth: health, the contract and its pages, and the web app for every other address."""

from collections.abc import Awaitable, Callable, Mapping

from gateway import problems
from gateway.exchange import Exchange

Page = Callable[[Exchange], Awaitable[None]]


class Site:
    """`pages` by exact path; `other` answers what is left, None: nothing does."""

    def __init__(self, pages: Mapping[str, Page], other: Page | None) -> None:
        self._pages = pages
        self._other = other

    async def __call__(self, x: Exchange) -> bool:
        if x.method not in ("GET", "HEAD"):
            raise problems.method_not_allowed(["GET", "HEAD"])
        page = self._pages.get(x.path, self._other)
        if page is None:
            raise problems.not_found()
        await page(x)
        return True
