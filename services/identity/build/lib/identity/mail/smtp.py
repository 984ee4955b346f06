"""Handing a letter to an SMTP server. The standard library's client, in a thread: one mail at a time needs no more."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

from identity.mail.letters import Letter

TIMEOUT_S = 15
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
DEFAULT_NAME = "Mini-CRM"


@dataclass(frozen=True)
class Smtp:
    """`smtp://user:password@host:587?from=crm@example.org&name=Mini-CRM`; smtp upgrades by STARTTLS where it is offered
    (always, with `tls=required`), smtps speaks TLS from the first byte."""

    host: str
    port: int
    user: str
    password: str
    is_tls_at_once: bool
    is_tls_required: bool
    sender: str
    sender_name: str

    @classmethod
    def of(cls, url: str) -> "Smtp":
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return cls(
            host=parts.hostname or "",
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls_at_once=parts.scheme == "smtps",
            is_tls_required=query.get("tls") == "required",
            sender=query.get("from") or f"crm@{parts.hostname}",
            sender_name=query.get("name") or DEFAULT_NAME,
        )

    def send(self, letter: Letter) -> None:
        """Blocks until the server took it; raises OSError or smtplib.SMTPException."""
        with self._connect() as server:
            if self.user:
                server.login(self.user, self.password)
            server.send_message(self._message(letter))

    def _connect(self) -> smtplib.SMTP:
        tls = ssl.create_default_context()
        if self.is_tls_at_once:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=tls)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        server.ehlo()
        # A password never crosses the wire in the clear, whatever the server offers.
        if self.is_tls_required or self.user or server.has_extn("starttls"):
            server.starttls(context=tls)
        return server

    def _message(self, letter: Letter) -> EmailMessage:
        """EmailMessage refuses a header with a line break: the last of several guards against header injection."""
        message = EmailMessage()
        message["From"] = Address(self.sender_name, addr_spec=self.sender)
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message
