"""The operator's view of the mails, on the metrics listener: without SMTP, all that there is of them."""

import html
from typing import Any

import msgspec
from litestar import Request, get

from crm_service.answer import Answer
from identity.mail.queue import Queued
from identity.state import State

SHOWN_MAX = 200
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}
STYLE = (
    "body{font:14px sans-serif;max-width:48em;margin:2em auto}"
    "article{border-top:1px solid #ccc}pre{white-space:pre-wrap}"
)


@get("/outbox", include_in_schema=False)
async def outbox(request: Request[Any, Any, Any], state: State, to: str = "") -> Answer:
    """HTML, or JSON when asked for. `to` shows the mails to one address."""
    async with state.db.transaction(None) as tx:
        mails = await state.mails.newest(tx, SHOWN_MAX)
    shown = [mail for mail in mails if not to or (mail.letter is not None and mail.letter.to == to)]
    if "application/json" in request.headers.get("accept", ""):
        return Answer(body=msgspec.json.encode({"items": [_as_json(mail) for mail in shown]}), headers=HEADERS)
    return Answer(body=_page(shown).encode(), headers=HEADERS, media_type="text/html; charset=utf-8")


def _as_json(mail: Queued) -> dict[str, Any]:
    letter = {} if mail.letter is None else msgspec.to_builtins(mail.letter)
    return {"id": mail.id, "state": mail.state, "at": mail.created_at, "last_error": mail.last_error, **letter}


def _page(mails: list[Queued]) -> str:
    entries = "".join(_entry(mail) for mail in mails) or "<p>No mail yet.</p>"
    return f"<!doctype html><title>Outbox</title><style>{STYLE}</style><h1>Outbox</h1>{entries}"


def _entry(mail: Queued) -> str:
    state = mail.state if mail.last_error is None else f"{mail.state}, {mail.last_error}"
    head = f"{mail.created_at:%Y-%m-%d %H:%M:%S} UTC, {state}"
    if mail.letter is None:
        return f"<article><p>{html.escape(head)}</p></article>"
    letter = mail.letter
    return (
        f"<article><p>{html.escape(head)}</p><h2>{html.escape(letter.subject)}</h2>"
        f"<p>to {html.escape(letter.to)}</p><pre>{html.escape(letter.text)}</pre></article>"
    )
