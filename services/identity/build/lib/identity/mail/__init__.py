"""Mail: written from templates, queued with the change that causes it, delivered after the commit."""

from identity.mail.letters import Letter, Letters
from identity.mail.queue import MailQueue

__all__ = ["Letter", "Letters", "MailQueue"]
