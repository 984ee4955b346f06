"""The admin API: with a machine token everything, without one nothing; by the unmodified client where it speaks it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import bcrypt
import httpx
import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import OctKey
from supabase_auth import SyncGoTrueAdminAPI
from supabase_auth.errors import AuthApiError
from support import PASSWORD, PUBLIC_URL, Api, Outbox

from crm_testkit import repository
from crm_testkit.databases import Database
from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running

CALLS = [
    ("GET", "/admin/users"),
    ("POST", "/admin/users"),
    ("GET", "/admin/users/6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60"),
    ("PUT", "/admin/users/6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60"),
    ("DELETE", "/admin/users/6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60"),
    ("GET", "/admin/users/6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60/factors"),
    ("POST", "/invite"),
    ("POST", "/admin/generate_link"),
    ("GET", "/admin/audit"),
]


@dataclass
class Command:
    """`python -m identity machine-tokens ...` of the running service."""

    running: Running
    database: Database

    def __call__(self, *arguments: str) -> str:
        environ = self.running.environ | {"DATABASE_URL": self.database.worker_url}
        command = [str(repository.python("identity")), "-m", "identity", "machine-tokens", *arguments]
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, cwd=repository.folder("identity"), check=True
        )
        return done.stdout.strip()


@pytest.fixture(scope="session")
def machine_tokens(identity: Running, database: Callable[[str], Database]) -> Command:
    return Command(identity, database("identity"))


@pytest.fixture(scope="session")
def machine_token(machine_tokens: Command) -> str:
    return machine_tokens("make", "--name", "tests", "--days", "1")


@pytest.fixture
def admin(identity: Running, machine_token: str) -> SyncGoTrueAdminAPI:
    headers = internal_headers() | {"Authorization": f"Bearer {machine_token}"}
    return SyncGoTrueAdminAPI(
        url=f"{identity.base_url}/auth/v1", headers=headers, http_client=httpx.Client(headers=headers, timeout=30)
    )


@pytest.fixture
def ask(api: Api, machine_token: str) -> Callable[..., httpx2.Response]:
    return lambda method, path, body=None: api.call(method, path, body, token=machine_token)


class TestWhoMay:
    @pytest.mark.parametrize(("method", "path"), CALLS)
    def test_nobody_without_a_machine_token(
        self, api: Api, new_email: Callable[[], str], method: str, path: str
    ) -> None:
        user = api.sign_up(new_email())["access_token"]
        for token, status, code in [
            (None, 401, "no_authorization"),
            ("junk", 403, "bad_jwt"),
            (user, 403, "not_admin"),
        ]:
            answer = api.call(method, path, {}, token=token)
            assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_a_machine_token_is_no_user(self, api: Api, machine_token: str) -> None:
        assert api.get("/user", token=machine_token).json()["code"] == "bad_jwt"
        headers = internal_headers() | {"Authorization": f"Bearer {machine_token}"}
        assert httpx2.get(f"{api.running.base_url}/internal/membership", headers=headers).status_code == 401

    def test_each_can_be_revoked(self, api: Api, machine_tokens: Command) -> None:
        token = machine_tokens("make", "--name", "short-lived")
        assert api.get("/admin/users", token=token).status_code == 200
        jti = next(line.split()[0] for line in machine_tokens("list").splitlines() if line.endswith("short-lived"))
        assert machine_tokens("revoke", jti) == "revoked"
        answer = api.get("/admin/users", token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_jwt")

    def test_upstreams_service_key_by_the_legacy_secret(self, start_service: Any) -> None:
        secret = "a legacy secret of 32 bytes or more"
        api = Api.of(start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_JWT_SECRET=secret))

        def key(role: str) -> str:
            claims = json.dumps({"iss": "supabase", "role": role}).encode()
            return jws.serialize_compact(
                {"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(secret), algorithms=["HS256"]
            )

        assert api.get("/admin/users", token=key("service_role")).status_code == 200
        assert api.get("/admin/users", token=key("anon")).json()["code"] == "not_admin"
        assert api.get("/user", token=key("service_role")).json()["code"] == "bad_jwt"


class TestUsers:
    def test_life_by_the_client(self, api: Api, admin: SyncGoTrueAdminAPI, new_email: Callable[[], str]) -> None:
        email = new_email()
        made = admin.create_user(
            {"email": email, "password": PASSWORD, "user_metadata": {"name": "Ada"}, "app_metadata": {"plan": "x"}}
        )
        assert made.user.email_confirmed_at is None
        assert api.sign_in(email).json()["code"] == "email_not_confirmed"
        changed = admin.update_user_by_id(made.user.id, {"email_confirm": True, "user_metadata": {"city": "London"}})
        assert changed.user.user_metadata["name"] == "Ada" and changed.user.user_metadata["city"] == "London"
        session = api.sign_in(email).json()
        assert session["user"]["app_metadata"] == {"provider": "email", "providers": ["email"], "plan": "x"}
        admin.update_user_by_id(made.user.id, {"password": "a new and better one"})
        assert api.get("/user", token=session["access_token"]).json()["code"] == "session_not_found"
        assert admin.get_user_by_id(made.user.id).user.email == email
        assert [user.id for user in admin.list_users(per_page=1000) if user.email == email] == [made.user.id]
        admin.delete_user(made.user.id)
        with pytest.raises(AuthApiError) as caught:
            admin.get_user_by_id(made.user.id)
        assert (caught.value.status, caught.value.code) == (404, "user_not_found")

    def test_ban(self, api: Api, admin: SyncGoTrueAdminAPI, new_email: Callable[[], str]) -> None:
        session = api.sign_up(new_email())
        user_id, email = session["user"]["id"], session["user"]["email"]
        admin.update_user_by_id(user_id, {"ban_duration": "24h"})
        assert api.get("/user", token=session["access_token"]).status_code == 403
        assert api.sign_in(email).json()["code"] == "user_banned"
        admin.update_user_by_id(user_id, {"ban_duration": "none"})
        assert api.sign_in(email).status_code == 200

    def test_soft_deletion_keeps_the_row_and_nothing_of_the_person(
        self, api: Api, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]
    ) -> None:
        session = api.sign_up(new_email(), name="Ada")
        path = f"/admin/users/{session['user']['id']}"
        assert ask("DELETE", path, {"should_soft_delete": True}).json() == {}
        kept = ask("GET", path).json()
        assert kept["user_metadata"] == {} and kept["identities"] == [] and kept["deleted_at"]
        assert session["user"]["email"] not in json.dumps(kept)
        assert api.get("/user", token=session["access_token"]).json()["code"] == "user_not_found"
        assert api.sign_up(session["user"]["email"])["user"]["id"] != kept["id"]

    def test_a_moved_hash_works(
        self, api: Api, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]
    ) -> None:
        email, hashed = new_email(), bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        assert (
            ask("POST", "/admin/users", {"email": email, "password_hash": hashed, "email_confirm": True}).status_code
            == 200
        )
        assert api.sign_in(email).status_code == 200

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({}, "validation_failed"),
            ({"email": "x"}, "validation_failed"),
            ({"email": "a@example.org", "password_hash": "plain"}, "validation_failed"),
            ({"email": "a@example.org", "password": "short"}, "weak_password"),
            ({"email": "a@example.org", "role": "service_role"}, "validation_failed"),
            ({"email": "a@example.org", "id": "1"}, "validation_failed"),
            ({"email": "a@example.org", "ban_duration": "soon"}, "validation_failed"),
        ],
    )
    def test_faults(self, ask: Callable[..., httpx2.Response], body: dict[str, str], code: str) -> None:
        assert ask("POST", "/admin/users", body).json()["code"] == code

    def test_taken(self, api: Api, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]) -> None:
        first, second = api.sign_up(new_email())["user"], api.sign_up(new_email())["user"]
        assert ask("POST", "/admin/users", {"email": first["email"]}).json()["code"] == "email_exists"
        assert ask("PUT", f"/admin/users/{second['id']}", {"email": first["email"]}).json()["code"] == "email_exists"

    @pytest.mark.parametrize("user_id", ["1", "..%2f..%2fsettings", "6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60%00"])
    def test_an_id_that_is_none_is_404(self, ask: Callable[..., httpx2.Response], user_id: str) -> None:
        assert ask("GET", f"/admin/users/{user_id}").status_code == 404


class TestPages:
    def test_the_link_header_is_as_auth_js_cuts_it(
        self, api: Api, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]
    ) -> None:
        emails = [api.sign_up(new_email())["user"]["email"] for _ in range(3)]
        first = ask("GET", "/admin/users?page=&per_page=2")
        total = int(first.headers["x-total-count"])
        assert re.fullmatch(
            r'<[^?>]+\?page=2&per_page=2>; rel="next", <[^?>]+\?page=\d+&per_page=2>; rel="last"', first.headers["link"]
        )
        assert [user["email"] for user in first.json()["users"]] == [emails[2], emails[1]]
        last = ask("GET", f"/admin/users?page={(total + 1) // 2}&per_page=2")
        assert 'rel="next"' not in last.headers["link"]
        found = ask("GET", f"/admin/users?filter={emails[0]}").json()["users"]
        assert [user["email"] for user in found] == [emails[0]]

    @pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "per_page=1.5", "sort=password", "page=٣"])
    def test_bad_ones(self, ask: Callable[..., httpx2.Response], query: str) -> None:
        answer = ask("GET", f"/admin/users?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


class TestInvitesAndLinks:
    def test_an_invited_person_sets_a_password(
        self, api: Api, admin: SyncGoTrueAdminAPI, outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        email, client = new_email(), api.client()
        invited = admin.invite_user_by_email(email, {"data": {"name": "Bob"}})
        assert invited.user.invited_at is not None
        mail = outbox.newest(email)
        assert parse_qs(urlsplit(mail.link).query)["type"] == ["invite"]
        verified = client.verify_otp({"token_hash": mail.token_hash, "type": "invite"})
        assert verified.user is not None and verified.user.user_metadata["name"] == "Bob"
        client.update_user({"password": PASSWORD})
        assert api.sign_in(email).status_code == 200
        with pytest.raises(AuthApiError) as caught:
            admin.invite_user_by_email(email)
        assert caught.value.code == "email_exists"

    @pytest.mark.parametrize("kind", ["signup", "invite", "magiclink", "recovery"])
    def test_a_link_works_without_a_mail(
        self, api: Api, ask: Callable[..., httpx2.Response], outbox: Outbox, new_email: Callable[[], str], kind: str
    ) -> None:
        email = new_email()
        if kind in ("magiclink", "recovery"):
            api.sign_up(email)
        made = ask("POST", "/admin/generate_link", {"type": kind, "email": email, "password": PASSWORD}).json()
        assert made["email"] == email and made["verification_type"] == kind and len(made["email_otp"]) == 6
        assert outbox.mails(email) == []
        link = urlsplit(made["action_link"])
        assert f"{link.scheme}://{link.netloc}{link.path}" == f"{PUBLIC_URL}/auth/v1/verify"
        clicked = api.get(f"/verify?{link.query}")
        assert "access_token=" in clicked.headers["location"]

    def test_recovery_for_nobody_is_404_and_a_magic_link_signs_up(
        self, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]
    ) -> None:
        refused = ask("POST", "/admin/generate_link", {"type": "recovery", "email": new_email()})
        assert (refused.status_code, refused.json()["code"]) == (404, "user_not_found")
        made = ask("POST", "/admin/generate_link", {"type": "magiclink", "email": new_email()}).json()
        assert made["verification_type"] == "signup"

    def test_both_halves_of_a_change(
        self, api: Api, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]
    ) -> None:
        old, new = new_email(), new_email()
        api.sign_up(old)
        codes = {}
        for kind, address in {"email_change_current": old, "email_change_new": new}.items():
            made = ask("POST", "/admin/generate_link", {"type": kind, "email": old, "new_email": new}).json()
            codes[address] = made["email_otp"]
        for address, code in codes.items():
            answer = api.post("/verify", {"type": "email_change", "email": address, "token": code})
        assert answer.json()["user"]["email"] == new


def test_the_audit_is_newest_first(api: Api, ask: Callable[..., httpx2.Response], new_email: Callable[[], str]) -> None:
    session = api.sign_up(new_email())
    api.post("/logout", token=session["access_token"])
    newest = ask("GET", "/admin/audit?per_page=2").json()
    assert [entry["payload"]["action"] for entry in newest] == ["session.signed_out", "account.signed_up"]
    assert {entry["payload"]["actor_id"] for entry in newest} == {session["user"]["id"]}
