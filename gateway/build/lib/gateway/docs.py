"""The contract to read and to try: `/openapi.json`, and a page of our own at `/docs` that loads nothing foreign."""

from pathlib import Path

from gateway.contract import Contract
from gateway.exchange import Exchange
from gateway.problems import Header
from gateway.steps.site import Page
from gateway.web import Asset, send_asset

FOLDER = Path(__file__).with_name("docs_page")
JSON: tuple[Header, ...] = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
)


def pages(contract: Contract) -> dict[str, Page]:
    """By path."""

    async def openapi(x: Exchange) -> None:
        await x.answer(200, JSON, contract.merged)

    files = {"/docs": "index.html", "/docs/docs.js": "docs.js", "/docs/docs.css": "docs.css"}
    return {"/openapi.json": openapi, **{path: _page(FOLDER / name) for path, name in files.items()}}


def _page(path: Path) -> Page:
    asset = Asset.of(path, immutable=False)

    async def page(x: Exchange) -> None:
        await send_asset(x, asset)

    return page
