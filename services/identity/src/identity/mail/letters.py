"""What our mails say: each as plain text and as HTML, each with the code to type and a link to a page of the app.

The link leads to a page that POSTs the hash when the person presses its button: programs that open links in mails
spend nothing. Nothing that a caller can set is put in without escaping, and no header holds more than one line.
"""

import html
from dataclasses import dataclass
from urllib.parse import urlencode

from identity.codes import Issued

CONFIRM_PATH = "/auth/confirm"


@dataclass(frozen=True)
class Letter:
    """`template` names the kind for operators. `text` and `html` say the same."""

    template: str
    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letters:
    """`site_url` comes from configuration, never from a request (GHSA-3529-5m8x-rpv3)."""

    site_url: str

    def confirmation(self, to: str, issued: Issued, redirect_to: str | None) -> Letter:
        return self._coded(
            "confirmation",
            to,
            issued,
            "signup",
            redirect_to,
            "Confirm your address",
            "Welcome. Please confirm that this is your address.",
        )

    def account_invitation(self, to: str, issued: Issued, redirect_to: str | None) -> Letter:
        words = "You were invited. Use this to open your account; then set a password."
        return self._coded("account_invitation", to, issued, "invite", redirect_to, "You are invited", words)

    def magic_link(self, to: str, issued: Issued, redirect_to: str | None) -> Letter:
        return self._coded(
            "magic_link", to, issued, "magiclink", redirect_to, "Your sign-in code", "Use this to sign in."
        )

    def recovery(self, to: str, issued: Issued, redirect_to: str | None) -> Letter:
        return self._coded(
            "recovery",
            to,
            issued,
            "recovery",
            redirect_to,
            "Set a new password",
            "Use this to sign in and set a new password.",
        )

    def email_change(self, to: str, issued: Issued, redirect_to: str | None, *, new_email: str) -> Letter:
        words = f"Please confirm that your address is to become {new_email}."
        return self._coded("email_change", to, issued, "email_change", redirect_to, "Confirm your new address", words)

    def reauthentication(self, to: str, issued: Issued) -> Letter:
        words = ["Enter this code to confirm that it is you:", issued.code, NOT_YOU]
        return _letter("reauthentication", to, f"{issued.code} is your confirmation code", words)

    def email_changed(self, to: str, *, new_email: str) -> Letter:
        words = [
            f"The address of your account was changed to {new_email}.",
            "If you did not do this, tell your administrator at once.",
        ]
        return _letter("email_changed", to, "Your address was changed", words)

    def already_registered(self, to: str) -> Letter:
        words = [
            "Somebody tried to sign up with this address, but you have an account already.",
            "You can simply sign in:",
        ]
        return _letter(
            "already_registered", to, "You have an account already", words, link=(f"{self._site}/sign-in", "Sign in")
        )

    def invitation(self, to: str, *, link: str, workspace: str, invited_by: str) -> Letter:
        words = [f"{invited_by} invites you to the workspace {workspace} in Mini-CRM."]
        return _letter(
            "invitation", to, f"{invited_by} invites you to {workspace}", words, link=(link, "Accept the invitation")
        )

    @property
    def _site(self) -> str:
        return self.site_url.rstrip("/")

    def _coded(
        self, template: str, to: str, issued: Issued, kind: str, redirect_to: str | None, subject: str, words: str
    ) -> Letter:
        query = {"token_hash": issued.token_hash, "type": kind}
        if redirect_to is not None and redirect_to != self.site_url:
            query["redirect_to"] = redirect_to
        link = (f"{self._site}{CONFIRM_PATH}?{urlencode(query)}", subject)
        return _letter(template, to, subject, [words, f"Your code: {issued.code}", NOT_YOU], link=link)


NOT_YOU = "If you did not ask for this, you can ignore this mail."


def _letter(
    template: str, to: str, subject: str, paragraphs: list[str], *, link: tuple[str, str] | None = None
) -> Letter:
    one_line = [" ".join(paragraph.split()) for paragraph in paragraphs]
    text = "\n\n".join([*one_line, *([link[0]] if link else [])]) + "\n"
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in one_line)
    if link is not None:
        body += f'<p><a href="{html.escape(link[0])}">{html.escape(link[1])}</a></p>'
    page = f'<!doctype html><html><body style="font-family: sans-serif; line-height: 1.5">{body}</body></html>'
    return Letter(template, to, " ".join(subject.split()), text, page)
