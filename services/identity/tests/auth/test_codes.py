"""Codes and links: confirmation, recovery, magic link; by the unmodified client, and raw where it must fail."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from support import PASSWORD, PUBLIC_URL, Api, Outbox, claims_of

LINK = "/verify?token={}&type={}&redirect_to={}"


def fragment_of(answer: httpx2.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).fragment).items()}


class TestConfirmation:
    def test_sign_up_waits_for_the_code(self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str]) -> None:
        email, client = new_email(), strict.client()
        signed_up = client.sign_up({"email": email, "password": PASSWORD})
        assert signed_up.session is None
        assert signed_up.user is not None and signed_up.user.confirmation_sent_at is not None
        refused = strict.sign_in(email)
        assert (refused.status_code, refused.json()["code"]) == (400, "email_not_confirmed")
        confirmed = client.verify_otp({"email": email, "token": strict_outbox.newest(email).code, "type": "signup"})
        assert confirmed.session is not None and confirmed.user is not None
        assert confirmed.user.id == signed_up.user.id
        assert confirmed.user.email_confirmed_at is not None
        assert claims_of(confirmed.session.access_token)["amr"][0]["method"] == "otp"
        assert strict.sign_in(email).status_code == 200

    def test_a_link_of_our_mail_leads_to_the_app_and_its_hash_confirms(
        self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        email = new_email()
        strict.sign_up(email)
        mail = strict_outbox.newest(email)
        assert mail.link.startswith(f"{PUBLIC_URL}/auth/confirm?token_hash=")
        assert mail.code in mail.text and mail.code in mail.html
        client = strict.client()
        assert client.verify_otp({"token_hash": mail.token_hash, "type": "email"}).session is not None

    def test_signing_up_again_sends_again_and_changes_nothing(
        self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        email = new_email()
        strict.sign_up(email, name="Ada")
        strict.sign_up(email, "another password of a stranger", name="Mallory")
        first, second = reversed(strict_outbox.mails(email))
        assert first.code != second.code
        old = strict.post("/verify", {"email": email, "token": first.code, "type": "signup"})
        assert old.json()["code"] == "otp_expired"
        new = strict.post("/verify", {"email": email, "token": second.code, "type": "signup"})
        assert new.json()["user"]["user_metadata"]["name"] == "Ada"
        assert strict.sign_in(email, "another password of a stranger").status_code == 400
        assert strict.sign_in(email).status_code == 200

    def test_resend(self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        strict.sign_up(email)
        assert strict.post("/resend", {"type": "signup", "email": email}).json() == {}
        assert len(strict_outbox.mails(email)) == 2
        code = strict_outbox.newest(email).code
        assert strict.post("/verify", {"email": email, "token": code, "type": "email"}).status_code == 200
        assert strict.post("/resend", {"type": "signup", "email": email}).json() == {}
        assert len(strict_outbox.mails(email)) == 2


class TestRecovery:
    def test_a_new_password_by_code(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email, client = new_email(), api.client()
        other = api.sign_up(email)
        client.reset_password_for_email(email)
        client.verify_otp({"email": email, "token": outbox.newest(email).code, "type": "recovery"})
        client.update_user({"password": "a new and better one"})
        assert api.sign_in(email).status_code == 400
        assert api.sign_in(email, "a new and better one").status_code == 200
        assert api.get("/user", token=other["access_token"]).json()["code"] == "session_not_found"

    def test_magic_link_for_a_known_address(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email, client = new_email(), api.client()
        api.sign_up(email)
        client.sign_in_with_otp({"email": email, "options": {"should_create_user": False}})
        signed_in = client.verify_otp({"email": email, "token": outbox.newest(email).code, "type": "magiclink"})
        assert signed_in.session is not None
        assert api.sign_in(email).status_code == 200  # the password of a confirmed account stays

    def test_otp_signs_an_unknown_address_up(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        assert api.post("/otp", {"email": email, "data": {"name": "Ada"}}).json() == {}
        mail = outbox.newest(email)
        assert parse_qs(urlsplit(mail.link).query)["type"] == ["signup"]
        answer = api.post("/verify", {"email": email, "token": mail.code, "type": "email"})
        assert answer.json()["user"]["user_metadata"]["name"] == "Ada"

    def test_changing_the_password_voids_pending_codes(
        self, api: Api, outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        email = new_email()
        token = api.sign_up(email)["access_token"]
        api.post("/recover", {"email": email})
        code = outbox.newest(email).code
        assert api.call("PUT", "/user", {"password": "a new and better one"}, token=token).status_code == 200
        answer = api.post("/verify", {"email": email, "token": code, "type": "recovery"})
        assert (answer.status_code, answer.json()["code"]) == (403, "otp_expired")


class TestSpending:
    def recovery(self, api: Api, outbox: Outbox, email: str) -> Any:
        api.sign_up(email)
        api.post("/recover", {"email": email})
        return outbox.newest(email)

    def test_once_even_in_parallel(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        mail = self.recovery(api, outbox, email)
        bodies = [{"email": email, "token": mail.code, "type": "recovery"}] * 10
        bodies += [{"token_hash": mail.token_hash, "type": "recovery"}] * 10
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda body: api.post("/verify", body), bodies))
        assert sorted(answer.status_code for answer in answers) == [200] + [403] * 19

    def test_five_wrong_tries_void_it(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        code = self.recovery(api, outbox, email).code
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(5):
            answer = api.post("/verify", {"email": email, "token": wrong, "type": "email"})
            assert (answer.status_code, answer.json()["code"]) == (403, "otp_expired")
        assert api.post("/verify", {"email": email, "token": code, "type": "email"}).status_code == 403

    def test_four_wrong_tries_do_not(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        code = self.recovery(api, outbox, email).code
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(4):
            api.post("/verify", {"email": email, "token": wrong, "type": "email"})
        assert api.post("/verify", {"email": email, "token": code, "type": "email"}).status_code == 200

    def test_parallel_guesses_are_counted_too(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        code = self.recovery(api, outbox, email).code
        guesses = [f"{(int(code) + step) % 1_000_000:06}" for step in range(1, 21)]
        with ThreadPoolExecutor(20) as pool:
            list(
                pool.map(lambda guess: api.post("/verify", {"email": email, "token": guess, "type": "email"}), guesses)
            )
        assert api.post("/verify", {"email": email, "token": code, "type": "email"}).status_code == 403

    @pytest.mark.parametrize(
        ("kind", "fits"),
        [("recovery", True), ("magiclink", True), ("email", True), ("signup", False), ("email_change", False)],
    )
    def test_a_code_fits_its_own_types(
        self, api: Api, outbox: Outbox, new_email: Callable[[], str], kind: str, fits: bool
    ) -> None:
        email = new_email()
        mail = self.recovery(api, outbox, email)
        answer = api.post("/verify", {"token_hash": mail.token_hash, "type": kind})
        assert answer.status_code == (200 if fits else 403)

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"type": "email", "email": "a@example.org", "token": "123456"}, 403, "otp_expired"),
            ({"type": "email", "token_hash": "f" * 56}, 403, "otp_expired"),
            ({"type": "email", "token_hash": "\x00"}, 403, "otp_expired"),
            ({"type": "email", "token_hash": "f" * 56, "email": "a@example.org"}, 400, "validation_failed"),
            ({"type": "email", "token": "123456"}, 400, "validation_failed"),
            ({"type": "email", "email": "a@example.org"}, 400, "validation_failed"),
            ({"type": "nonsense", "token_hash": "f" * 56}, 400, "validation_failed"),
            ({"type": "sms", "phone": "abc", "token": "123456"}, 400, "validation_failed"),
            ({"type": "sms", "phone": "+49301234567", "token": "123456"}, 403, "otp_expired"),
            ({"token_hash": "f" * 56}, 400, "validation_failed"),
            ({}, 400, "validation_failed"),
        ],
    )
    def test_refusals(self, api: Api, body: dict[str, str], status: int, code: str) -> None:
        answer = api.post("/verify", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


class TestLink:
    """GET /verify, for mails that were written for upstream."""

    def mailed(self, api: Api, outbox: Outbox, email: str, **pkce: str) -> str:
        api.sign_up(email)
        api.post("/recover", {"email": email, **pkce})
        return outbox.newest(email).token_hash

    def test_implicit_flow_puts_the_session_into_the_fragment(
        self, api: Api, outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        token = self.mailed(api, outbox, new_email())
        answer = api.get(LINK.format(token, "recovery", f"{PUBLIC_URL}/new-password"))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"{PUBLIC_URL}/new-password#access_token=")
        members = fragment_of(answer)
        assert members["type"] == "recovery" and members["token_type"] == "bearer"
        assert api.get("/user", token=members["access_token"]).status_code == 200
        again = api.get(LINK.format(token, "recovery", f"{PUBLIC_URL}/new-password"))
        assert fragment_of(again)["error_code"] == "otp_expired"
        assert fragment_of(again)["error"] == "access_denied"

    def test_head_spends_nothing(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        token = self.mailed(api, outbox, new_email())
        assert api.call("HEAD", LINK.format(token, "recovery", "")).status_code == 405
        assert api.post("/verify", {"token_hash": token, "type": "recovery"}).status_code == 200

    @pytest.mark.parametrize("target", ["https://evil.example.com", "//evil.example.com", "http://localhost@evil.org"])
    def test_a_foreign_target_becomes_the_site(
        self, api: Api, outbox: Outbox, new_email: Callable[[], str], target: str
    ) -> None:
        token = self.mailed(api, outbox, new_email())
        assert api.get(LINK.format(token, "recovery", target)).headers["location"].startswith(f"{PUBLIC_URL}#")


class TestPkce:
    VERIFIER = "v" * 64

    def test_the_client_trades_the_code_of_a_clicked_link(
        self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        email = new_email()
        client = strict.client(flow_type="pkce")
        client.sign_up(
            {"email": email, "password": PASSWORD, "options": {"email_redirect_to": "https://app.example.org/in"}}
        )
        token = strict_outbox.newest(email).token_hash
        assert token.startswith("pkce_")
        clicked = strict.get(LINK.format(token, "signup", "https://app.example.org/in?sb_flow_id=7"))
        query = parse_qs(urlsplit(clicked.headers["location"]).query)
        assert query["sb_flow_id"] == ["7"]
        exchanged = client.exchange_code_for_session({"auth_code": query["code"][0]})
        assert exchanged.session is not None
        assert claims_of(exchanged.session.access_token)["amr"][0]["method"] == "email/signup"

    def click(self, api: Api, outbox: Outbox, email: str) -> str:
        api.sign_up(email)
        api.post("/recover", {"email": email, "code_challenge": self.VERIFIER, "code_challenge_method": "plain"})
        clicked = api.get(LINK.format(outbox.newest(email).token_hash, "recovery", PUBLIC_URL))
        return parse_qs(urlsplit(clicked.headers["location"]).query)["code"][0]

    def exchange(self, api: Api, code: str, verifier: str) -> httpx2.Response:
        return api.post("/token?grant_type=pkce", {"auth_code": code, "code_verifier": verifier})

    def test_a_wrong_verifier_voids_nothing(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        code = self.click(api, outbox, new_email())
        wrong = self.exchange(api, code, "w" * 64)
        assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_code_verifier")
        assert self.exchange(api, code, self.VERIFIER).status_code == 200
        again = self.exchange(api, code, self.VERIFIER)
        assert (again.status_code, again.json()["code"]) == (404, "flow_state_not_found")

    def test_one_session_for_twenty_at_once(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        code = self.click(api, outbox, new_email())
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.exchange(api, code, self.VERIFIER), range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [404] * 19

    def test_a_typed_code_needs_no_verifier(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        api.sign_up(email)
        api.post("/recover", {"email": email, "code_challenge": self.VERIFIER, "code_challenge_method": "plain"})
        answer = api.post("/verify", {"email": email, "token": outbox.newest(email).code, "type": "recovery"})
        assert answer.status_code == 200

    def test_an_error_goes_into_query_and_fragment(self, api: Api) -> None:
        location = urlsplit(api.get(LINK.format("pkce_" + "0" * 56, "recovery", PUBLIC_URL)).headers["location"])
        assert parse_qs(location.query)["error_code"] == parse_qs(location.fragment)["error_code"] == ["otp_expired"]

    @pytest.mark.parametrize(
        "pkce",
        [
            {"code_challenge": "v" * 64},
            {"code_challenge_method": "s256"},
            {"code_challenge": "short", "code_challenge_method": "s256"},
            {"code_challenge": "v" * 64, "code_challenge_method": "md5"},
            {"code_challenge": "ö" * 64, "code_challenge_method": "s256"},
        ],
    )
    def test_half_a_challenge_is_refused(self, api: Api, new_email: Callable[[], str], pkce: dict[str, str]) -> None:
        answer = api.post("/recover", {"email": new_email(), **pkce})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
