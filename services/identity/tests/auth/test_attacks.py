"""Attacks of auth-protocol section 10 that have no better home; each is named by its number there."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from support import PASSWORD, PUBLIC_URL, Api, Outbox, claims_of

from crm_testkit.databases import Database
from crm_testkit.eventually import eventually
from crm_testkit.processes import Running, Starter

EVIL = "evil.example.com"


class TestHostPoisoning:
    """1: links come from configuration only."""

    def test_no_header_reaches_a_mail(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        api.sign_up(email)
        headers = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "Forwarded": f"host={EVIL}", "Host": EVIL}
        headers |= {"Referer": f"https://{EVIL}/", "Origin": f"https://{EVIL}"}
        assert api.post("/recover", {"email": email}, headers=headers).status_code == 200
        mail = outbox.newest(email)
        assert EVIL not in mail.text + mail.html + mail.subject
        assert mail.link.startswith(PUBLIC_URL)

    def test_nor_a_token(self, api: Api, new_email: Callable[[], str]) -> None:
        answer = api.post(
            "/signup", {"email": new_email(), "password": PASSWORD}, headers={"X-Forwarded-Host": EVIL, "Host": EVIL}
        )
        assert claims_of(answer.json()["access_token"])["iss"] == f"{PUBLIC_URL}/auth/v1"

    def test_a_foreign_redirect_reaches_no_mail(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        api.sign_up(email)
        api.post(f"/recover?redirect_to=https://{EVIL}/", {"email": email})
        assert EVIL not in outbox.newest(email).text


class TestPaths:
    """3: ids cannot climb."""

    @pytest.mark.parametrize(
        "path",
        [
            "/admin/users/../user",
            "/admin/users/%2e%2e/user",
            "/admin/users/..%2fuser",
            "//user",
            "/user;x=1",
            "/user%00",
        ],
    )
    def test_lead_nowhere(self, api: Api, new_email: Callable[[], str], path: str) -> None:
        token = api.sign_up(new_email())["access_token"]
        answer = api.get(path, token=token)
        assert answer.status_code in (400, 404) or answer.json().get("id") == claims_of(token)["sub"]


class TestPreHijack:
    """4: a stranger signs up the victim's address and waits. Nothing of theirs survives the victim's own code."""

    @pytest.mark.parametrize("asked_by", ["/otp", "/recover"])
    def test_nothing_of_the_strangers_survives(
        self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str], asked_by: str
    ) -> None:
        victim = new_email()
        strict.sign_up(victim, "the stranger's password", name="Mallory", evil="yes")
        strict.post(asked_by, {"email": victim, "data": {"name": "Ada"}})
        code = strict_outbox.newest(victim).code
        session = strict.post("/verify", {"email": victim, "token": code, "type": "email"}).json()
        assert "evil" not in session["user"]["user_metadata"]
        assert session["user"]["user_metadata"].get("name") != "Mallory"
        assert strict.sign_in(victim, "the stranger's password").json()["code"] == "invalid_credentials"

    @pytest.mark.parametrize("undo", ["/signup", "/resend"])
    def test_nor_can_the_stranger_take_that_back_by_another_mail(
        self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str], undo: str
    ) -> None:
        victim = new_email()
        strict.sign_up(victim, "the stranger's password")
        strict.post("/otp", {"email": victim})
        strict.post(undo, {"email": victim, "password": "the stranger's password", "type": "signup"})
        code = strict_outbox.newest(victim).code
        assert strict.post("/verify", {"email": victim, "token": code, "type": "email"}).status_code == 200
        assert strict.sign_in(victim, "the stranger's password").json()["code"] == "invalid_credentials"


class TestLiveTokensOfTheBanned:
    """7: banned or deleted, an access token that still verifies opens nothing."""

    def test_banned(self, api: Api, new_email: Callable[[], str], admin_query: Callable[..., object]) -> None:
        email = new_email()
        session = api.sign_up(email)
        admin_query("update account set banned_until = now() + interval '1 hour' where email = $1", email)
        live = api.get("/user", token=session["access_token"])
        assert (live.status_code, live.json()["code"]) == (403, "user_banned")
        refreshed = api.refresh(session["refresh_token"])
        assert (refreshed.status_code, refreshed.json()["code"]) == (400, "user_banned")
        assert api.sign_in(email).json()["code"] == "user_banned"
        assert api.sign_in(email, "wrong password").json()["code"] == "invalid_credentials"

    def test_deleted(self, api: Api, new_email: Callable[[], str], admin_query: Callable[..., object]) -> None:
        email = new_email()
        session = api.sign_up(email)
        admin_query("delete from account where email = $1", email)
        assert api.get("/user", token=session["access_token"]).json()["code"] == "user_not_found"
        assert api.refresh(session["refresh_token"]).json()["code"] == "refresh_token_not_found"


class TestSignOut:
    def test_scopes(self, api: Api, new_email: Callable[[], str]) -> None:
        email = new_email()
        first, second, third = api.sign_up(email), api.sign_in(email).json(), api.sign_in(email).json()

        def alive() -> list[bool]:
            return [api.get("/user", token=s["access_token"]).status_code == 200 for s in (first, second, third)]

        assert api.post("/logout?scope=local", token=first["access_token"]).status_code == 204
        assert alive() == [False, True, True]
        assert api.post("/logout?scope=others", token=second["access_token"]).status_code == 204
        assert alive() == [False, True, False]
        assert api.post("/logout?scope=everything", token=second["access_token"]).json()["code"] == "validation_failed"
        answer = api.post("/logout", token=second["access_token"])
        assert (answer.status_code, answer.content) == (204, b"")
        assert alive() == [False, False, False]


class TestMailInjection:
    """15 and 16: nothing that a caller can set becomes a header or markup."""

    def test_metadata_reaches_no_mail(self, strict: Api, strict_outbox: Outbox, new_email: Callable[[], str]) -> None:
        email = new_email()
        strict.sign_up(email, name='<img src=x onerror="alert(1)">{{7*7}}\r\nBcc: x@y.org')
        mail = strict_outbox.newest(email)
        assert "onerror" not in mail.html and "49" not in mail.text.replace(mail.code, "").replace(mail.link, "")
        assert "Bcc" not in mail.subject + mail.text


class TestSecretsStayInside:
    """17: no token, code, password or key in a log."""

    def test_nothing_in_the_logs(
        self, identity: Running, api: Api, outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        email, password = new_email(), "a password that must not be logged"
        session = api.sign_up(email, password)
        api.sign_in(email, "a wrong password that must not be logged")
        api.post("/recover", {"email": email})
        mail = outbox.newest(email)
        api.get(f"/verify?token={mail.token_hash}&type=recovery")
        api.refresh(session["refresh_token"])
        api.get("/user", token=session["access_token"])
        secrets = [password, session["access_token"], session["refresh_token"], mail.token_hash]
        secrets += ["must not be logged", identity.environ["CRM_SECRET"], identity.environ["CRM_INTERNAL_KEY"]]
        logs = identity.logs
        assert "/auth/v1/verify" in logs  # the log is the right one
        for secret in secrets:
            assert secret not in logs
        assert not re.search(rf"\b{mail.code}\b", logs)


class TestSlowedNeverLocked:
    """R8."""

    @pytest.fixture
    def slow(self, start_service: Starter) -> Api:
        return Api.of(start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL))

    async def test_known_and_unknown_alike_and_the_right_password_after_the_wait(
        self, slow: Api, new_email: Callable[[], str], admin_query: Callable[..., object]
    ) -> None:
        known, unknown = new_email(), new_email()
        slow.sign_up(known)
        answers = []
        for email in (known, unknown):
            for _ in range(5):
                assert slow.sign_in(email, "wrong password").json()["code"] == "invalid_credentials"
            answers.append(slow.sign_in(email, PASSWORD))
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (429, "over_request_rate_limit")
            assert answer.headers["retry-after"] == "1"
        assert answers[0].json() == answers[1].json()
        await eventually(lambda: slow.sign_in(known).status_code == 200, within_s=5)
        assert slow.sign_in(known, "wrong password").status_code == 400  # the count began again

    async def test_the_wait_doubles_to_a_minute(
        self, slow: Api, new_email: Callable[[], str], admin_query: Callable[..., object]
    ) -> None:
        email, waits = new_email(), []
        for _ in range(5):
            slow.sign_in(email, "wrong")
        for _ in range(8):
            waits.append(int(slow.sign_in(email, "wrong").headers["retry-after"]))
            admin_query("update sign_in_failure set next_try_at = now()")
            assert slow.sign_in(email, "wrong").status_code == 400
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60]

    def test_others_are_not_slowed(self, slow: Api, new_email: Callable[[], str]) -> None:
        email, neighbour = new_email(), new_email()
        slow.sign_up(neighbour)
        for _ in range(7):
            slow.sign_in(email, "wrong")
        assert slow.sign_in(neighbour).status_code == 200


class TestMailBombing:
    """21: one mail a minute to an address and purpose, for known and unknown addresses alike."""

    def test_the_second_has_to_wait(self, start_service: Starter, new_email: Callable[[], str]) -> None:
        running = start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL)
        api, known, unknown = Api.of(running), new_email(), new_email()
        api.sign_up(known)
        refused = []
        for email in (known, unknown):
            assert api.post("/recover", {"email": email}).status_code == 200
            refused.append(api.post("/recover", {"email": email}))
        for answer in refused:
            assert (answer.status_code, answer.json()["code"]) == (429, "over_email_send_rate_limit")
            assert re.fullmatch(
                r"For security purposes, you can only request this after \d+ seconds\.", answer.json()["message"]
            )
            assert 55 <= int(answer.headers["retry-after"]) <= 60
        assert len(Outbox(running.metrics_url).mails(known)) == 1


class TestKilled:
    """20: killed at any moment, no half state: every token that was given can be renewed."""

    async def test_in_the_middle_of_refreshes(
        self, start_service: Starter, database: Callable[[str], Database], new_email: Callable[[], str]
    ) -> None:
        running = start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL)
        api = Api.of(running)
        last = [api.sign_up(new_email())["refresh_token"] for _ in range(4)]
        stop = threading.Event()

        def renew(place: int) -> None:
            with Api.of(running) as own:
                while not stop.is_set():
                    try:
                        answer = own.refresh(last[place])
                    except Exception:  # the server is gone: what it last gave has to do
                        return
                    assert answer.status_code == 200, answer.text
                    last[place] = answer.json()["refresh_token"]

        threads = [threading.Thread(target=renew, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        await eventually(lambda: running.logs.count("/auth/v1/token") > 40, within_s=20)
        running.kill()
        stop.set()
        for thread in threads:
            thread.join()
        running.restart()
        assert [api.refresh(token).status_code for token in last] == [200] * 4
