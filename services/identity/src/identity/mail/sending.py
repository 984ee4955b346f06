"""The worker's task: takes mails from the queue, one at a time, and hands them to the SMTP server."""

import asyncio
import smtplib

import structlog

from crm_db import Database
from identity.mail.queue import MailQueue
from identity.mail.smtp import Smtp
from identity.metrics import MAILS

PAUSE_S = 1.0

_log = structlog.get_logger("identity.mail")


async def send_for_ever(db: Database, mails: MailQueue, smtp: Smtp) -> None:
    while True:
        if not await send_one(db, mails, smtp):
            await asyncio.sleep(PAUSE_S)


async def send_one(db: Database, mails: MailQueue, smtp: Smtp) -> bool:
    """False when nothing is due. The row stays locked while the server is spoken to, so no other worker sends it too;
    if this one dies after the server took the mail, it is sent again: twice is better than never."""
    async with db.transaction(None) as tx:
        mail = await mails.claim(tx)
        if mail is None or mail.letter is None:
            return False
        try:
            await asyncio.to_thread(smtp.send, mail.letter)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # The error's words may name the recipient; its kind is enough for the log.
            _log.warning("mail not sent", mail_id=str(mail.id), attempt=mail.attempts + 1, error=type(error).__name__)
            MAILS.labels("failed").inc()
            await mails.failed(tx, mail, f"{type(error).__name__}: {error}"[:300])
        else:
            MAILS.labels("sent").inc()
            await mails.sent(tx, mail.id)
    return True
