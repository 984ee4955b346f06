"""CRM_SIGNUP: who may sign up where not everybody may."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from support import PASSWORD, PUBLIC_URL, Api, Outbox, Team

from crm_testkit.databases import Database
from crm_testkit.processes import Running, Starter

Start = Callable[..., Running]


@pytest.fixture
def fresh(start_service: Starter, fresh_database: Callable[[str], Database]) -> Start:
    """An installation of its own, with nobody in it."""

    def start(**environ: Any) -> Running:
        url = fresh_database("identity").api_url
        return start_service(
            "identity", "serve", DATABASE_URL=url, CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_MAIL_INTERVAL_S="0", **environ
        )

    return start


def setup_token(running: Running) -> str:
    found = re.search(rf"{PUBLIC_URL}/sign-up\?next=%2F%3Fsetup%3D(\S+)", running.logs)
    assert found, running.logs
    return found[1]


def sign_up(api: Api, email: str, token: str | None = None) -> int:
    data = {"name": "Ada", **({"invitation_token": token} if token else {})}
    return api.post("/signup", {"email": email, "password": PASSWORD, "data": data}).status_code


class TestInvite:
    def test_the_set_up_link_makes_the_first_account_once(self, fresh: Start, new_email: Callable[[], str]) -> None:
        running = fresh(CRM_SIGNUP="invite")
        api, token = Api.of(running), setup_token(running)
        refused = api.post("/signup", {"email": new_email(), "password": PASSWORD})
        assert (refused.status_code, refused.json()["code"]) == (422, "signup_disabled")
        assert refused.json()["message"] == "Signups not allowed for this instance"
        assert api.get("/settings").json()["disable_signup"] is True
        with ThreadPoolExecutor(5) as pool:
            statuses = list(pool.map(lambda _: sign_up(api, new_email(), token), range(5)))
        assert sorted(statuses) == [200, 422, 422, 422, 422]
        running.restart()
        assert running.logs.count("/sign-up?next=") == 1  # once there is somebody, no more links

    def test_an_invitation_lets_in_and_joins_the_team(self, fresh: Start, new_email: Callable[[], str]) -> None:
        running = fresh(CRM_SIGNUP="invite")
        api = Api.of(running)
        data = {"invitation_token": setup_token(running), "name": "Ada"}
        owner = Team(running, api.post("/signup", {"email": new_email(), "password": PASSWORD, "data": data}).json())
        link = owner.post("/invitations", {"email": "bob@example.org", "role": "viewer"}).json()["link"]
        token = link.partition("token=")[2]
        body = {"email": new_email(), "password": PASSWORD, "data": {"invitation_token": token}}
        session = api.post("/signup", body).json()
        assert "invitation_token" not in session["user"]["user_metadata"]
        newcomer = Team(running, session)
        # the app's page of the invitation may still ask to join: that changes nothing and is no error
        assert newcomer.post("/invitations/accept", {"token": token}).json() == {"workspace_id": owner.workspace_id}
        assert newcomer.workspace_id == owner.workspace_id
        assert newcomer.membership().json()["role"] == "viewer"
        assert sign_up(api, new_email(), token) == 422

    def test_the_app_sends_the_token_in_redirect_to(self, fresh: Start, new_email: Callable[[], str]) -> None:
        running = fresh(CRM_SIGNUP="invite")
        api = Api.of(running)
        body = {"email": new_email(), "password": PASSWORD}
        target = quote(f"{PUBLIC_URL}/?setup={setup_token(running)}", safe="")
        owner = Team(running, api.post(f"/signup?redirect_to={target}", body).json())
        link = quote(owner.post("/invitations", {"email": "bob@example.org"}).json()["link"], safe="")
        session = api.post(f"/signup?redirect_to={link}", {**body, "email": new_email()}).json()
        assert Team(running, session).workspace_id == owner.workspace_id

    def test_a_code_at_sign_in_makes_no_account_and_does_not_say_so(
        self, fresh: Start, new_email: Callable[[], str]
    ) -> None:
        running, email = fresh(CRM_SIGNUP="invite"), new_email()
        api = Api.of(running)
        answer = api.post("/otp", {"email": email, "create_user": True})
        assert (answer.status_code, answer.json()) == (200, {})
        assert Outbox(running.metrics_url).mails(email) == []


class TestClosed:
    def test_nobody(self, fresh: Start, new_email: Callable[[], str]) -> None:
        running = fresh(CRM_SIGNUP="closed")
        assert "/sign-up?next=" not in running.logs
        assert sign_up(Api.of(running), new_email()) == 422


class TestPhone:
    def test_with_a_password_and_without_any_sms(self, fresh: Start) -> None:
        running = fresh(CRM_AUTH_PHONE="true", CRM_AUTH_PHONE_AUTOCONFIRM="true")
        api = Api.of(running)
        body = {"phone": "+49 30 1234567", "password": PASSWORD}
        user = api.post("/signup", body).json()["user"]
        assert (user["phone"], user["email"]) == ("49301234567", "")
        assert user["phone_confirmed_at"] and user["identities"][0]["provider"] == "phone"
        assert api.post("/token?grant_type=password", {**body, "phone": "49301234567"}).status_code == 200
        assert api.post("/signup", body).json()["code"] == "user_already_exists"
        assert api.post("/otp", {"phone": "+49301234567"}).json()["code"] == "sms_send_failed"
        token = api.sign_up("somebody@example.org")["access_token"]
        taken = api.call("PUT", "/user", {"phone": "49301234567"}, token=token)
        assert (taken.status_code, taken.json()["code"]) == (422, "phone_exists")


class TestStart:
    def test_a_contradiction_stops_it_with_a_sentence(self, start_service: Starter) -> None:
        running = start_service("identity", "serve", wait=False, CRM_AUTH_PHONE="true")
        assert running.process.wait(20) == 2
        assert running.logs.strip().startswith("identity: CRM_AUTH_PHONE needs CRM_AUTH_PHONE_AUTOCONFIRM")
        assert "Traceback" not in running.logs
