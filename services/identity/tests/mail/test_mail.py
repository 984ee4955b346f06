"""Mails leave through the worker, by SMTP, after the commit; what breaks is tried again and shown."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest
from support import PUBLIC_URL, Api, Outbox

from crm_testkit.databases import Database
from crm_testkit.eventually import eventually
from crm_testkit.processes import Running, Starter, free_port


@dataclass
class SmtpServer:
    """As much of SMTP (RFC 5321) as a client needs to hand over a mail."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await writer.drain()
                raw = await reader.readuntil(b"\r\n.\r\n")
                message = email.message_from_bytes(raw[:-3], policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self.received.append(message)
            if verb == b"RCPT" and self.refuses:
                writer.write(b"451 not now\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    server = SmtpServer(free_port())
    listening = await asyncio.start_server(server.speak, "127.0.0.1", server.port)
    async with listening:
        yield server


class Mailing:
    def __init__(self, serve: Running, work: Running) -> None:
        self.serve, self.work, self.api = serve, work, Api.of(serve)


@pytest.fixture
def mailing(start_service: Starter, fresh_database: Callable[[str], Database]) -> Callable[[int], Mailing]:
    def start(port: int) -> Mailing:
        database = fresh_database("identity")
        environ: dict[str, Any] = {
            "CRM_PUBLIC_URL": PUBLIC_URL,
            "CRM_AUTH_MAIL_INTERVAL_S": "0",
            "SMTP_URL": f"smtp://127.0.0.1:{port}?from=crm@example.org&name=Our CRM",
        }
        return Mailing(
            start_service("identity", "serve", DATABASE_URL=database.api_url, **environ),
            start_service("identity", "work", DATABASE_URL=database.worker_url, **environ),
        )

    return start


async def test_a_mail_arrives_with_plain_text_and_html(
    smtp: SmtpServer, mailing: Callable[[int], Mailing], new_email: Callable[[], str]
) -> None:
    here, address = await asyncio.to_thread(mailing, smtp.port), new_email()
    await asyncio.to_thread(here.api.sign_up, address)
    await eventually(lambda: smtp.received, within_s=10)
    [message] = smtp.received
    assert message["To"] == address
    assert message["From"] == "Our CRM <crm@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and page is not None
    assert f"{PUBLIC_URL}/auth/confirm?token_hash=" in plain.get_content()
    assert "<a href=" in page.get_content()
    # once it is handed over, its content is kept nowhere
    await eventually(lambda: Outbox(here.serve.metrics_url).mails(address) == [], within_s=5)


async def test_a_broken_server_undoes_no_sign_up_and_shows(
    smtp: SmtpServer,
    mailing: Callable[[int], Mailing],
    new_email: Callable[[], str],
) -> None:
    smtp.refuses = True
    here, address = await asyncio.to_thread(mailing, smtp.port), new_email()
    user = await asyncio.to_thread(here.api.sign_up, address)
    assert user["confirmation_sent_at"]

    def waiting() -> str:
        page: str = httpx2.get(f"{here.serve.metrics_url}/outbox").text
        return page

    await eventually(waiting, has="SMTPRecipientsRefused", within_s=10)
    smtp.refuses = False
    await eventually(lambda: smtp.received, within_s=20)  # the second try comes after ten seconds


async def test_the_outbox_page_escapes_what_people_wrote(
    api: Api, outbox: Outbox, identity: Running, team: Callable[..., object]
) -> None:
    owner = team("<script>alert(1)</script>")
    owner.post("/invitations", {"email": "x@example.org"})  # type: ignore[attr-defined]
    answer = httpx2.get(f"{identity.metrics_url}/outbox")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script>" not in answer.text and "&lt;script&gt;" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_it_is_not_on_the_service_port(api: Api) -> None:
    assert api.http.get("/outbox").status_code == 404
