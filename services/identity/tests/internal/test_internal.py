"""What our own processes ask of identity, and that nobody else can."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from support import PUBLIC_URL, Api, Team

from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running, Starter
from crm_testkit.tokens import Tokens


@pytest.fixture(scope="module")
def hosted(start_service: Starter, tokens: Tokens) -> Running:
    """Beside our own issuer a second one is believed, as with hosted Supabase."""
    return start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL, SUPABASE_URL=tokens.url)


def membership(running: Running, token: str, **query: str) -> httpx2.Response:
    headers = internal_headers() | {"Authorization": f"Bearer {token}"}
    return httpx2.get(f"{running.base_url}/internal/membership", params=query, headers=headers)


class TestForeignPeople:
    """Whoever another issuer signed in has a profile and a workspace here, keyed on `sub`."""

    def test_have_a_workspace_of_their_own(self, hosted: Running, tokens: Tokens) -> None:
        grace = tokens.user("Grace Hopper", iss=f"{tokens.url}/auth/v1")
        first = membership(hosted, grace.token)
        assert first.status_code == 200, first.text
        assert first.json()["user"] == {"id": grace.id, "email": grace.email, "name": "Grace Hopper"}
        assert first.json()["role"] == "owner"
        assert membership(hosted, grace.token).json() == first.json()

    def test_a_changed_name_is_taken_over(self, hosted: Running, tokens: Tokens) -> None:
        grace = tokens.user("Grace", iss=f"{tokens.url}/auth/v1")
        workspace_id = membership(hosted, grace.token).json()["workspace"]["id"]
        renamed = tokens.user("Grace Hopper", iss=f"{tokens.url}/auth/v1", sub=grace.id)
        assert membership(hosted, renamed.token).json()["user"]["name"] == "Grace Hopper"
        query = {"workspace_id": workspace_id}
        listed = httpx2.get(f"{hosted.base_url}/internal/members", params=query, headers=internal_headers()).json()
        assert [(item["user_id"], item["name"], item["role"]) for item in listed["items"]] == [
            (grace.id, "Grace Hopper", "owner")
        ]

    def test_join_a_team_by_invitation(self, hosted: Running, tokens: Tokens, new_email: Callable[[], str]) -> None:
        owner = Team(hosted, Api.of(hosted).sign_up(new_email(), name="Ada"))
        link = owner.post("/invitations", {"email": "x@example.org", "role": "viewer"}).json()["link"]
        grace = tokens.user("Grace", iss=f"{tokens.url}/auth/v1")
        headers = internal_headers() | {"Authorization": f"Bearer {grace.token}"}
        accepted = httpx2.post(
            f"{hosted.base_url}/api/v1/invitations/accept",
            json={"token": link.partition("token=")[2]},
            headers=headers,
        )
        assert accepted.json() == {"workspace_id": owner.workspace_id}
        assert membership(hosted, grace.token, workspace_id=owner.workspace_id).json()["role"] == "viewer"

    def test_another_issuer_is_nobody(self, hosted: Running, tokens: Tokens) -> None:
        assert membership(hosted, tokens.user(iss="https://evil.example.com/auth/v1").token).status_code == 401

    def test_without_the_setting_so_is_this_one(self, identity: Running, tokens: Tokens) -> None:
        assert membership(identity, tokens.user(iss=f"{tokens.url}/auth/v1").token).status_code == 401

    def test_a_foreign_token_opens_no_account_of_ours(self, hosted: Running, tokens: Tokens) -> None:
        token = tokens.user(iss=f"{tokens.url}/auth/v1").token
        answer = Api.of(hosted).get("/user", token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_jwt")


class TestEndings:
    def test_a_signed_out_session_is_401_at_once(self, api: Api, new_email: Callable[[], str]) -> None:
        session = api.sign_up(new_email())
        assert membership(api.running, session["access_token"]).status_code == 200
        api.post("/logout", token=session["access_token"])
        assert membership(api.running, session["access_token"]).status_code == 401

    def test_so_is_a_banned_person(
        self, api: Api, new_email: Callable[[], str], admin_query: Callable[..., object]
    ) -> None:
        email = new_email()
        session = api.sign_up(email)
        admin_query("update account set banned_until = now() + interval '1 hour' where email = $1", email)
        assert membership(api.running, session["access_token"]).status_code == 401

    def test_an_anonymous_person_is_none(self, api: Api) -> None:
        token = api.post("/signup", {}).json()["access_token"]
        assert membership(api.running, token).status_code == 401


class TestCallers:
    @pytest.mark.parametrize(
        ("caller", "path", "status"),
        [
            ("events", "/internal/token-exchange", 403),
            ("contacts", "/internal/token-exchange", 403),
            ("gateway", "/internal/token-exchange", 401),
            ("events", "/internal/members", 200),
            ("contacts", "/internal/members", 200),
        ],
    )
    def test_each_route_names_its_callers(self, identity: Running, caller: str, path: str, status: int) -> None:
        headers = internal_headers(caller=caller)
        if path.endswith("exchange"):
            answer = httpx2.post(f"{identity.base_url}{path}", json={"token": "mcrm_x"}, headers=headers)
        else:
            query = {"workspace_id": "0193a6c1-7b2e-7002-8a4e-0242ac120002"}
            answer = httpx2.get(f"{identity.base_url}{path}", params=query, headers=headers)
        assert answer.status_code == status

    def test_nothing_answers_without_a_key(
        self,
        identity: Running,
        api: Api,
        new_email: Callable[[], str],
        admin_query: Callable[..., list[dict[str, int]]],
    ) -> None:
        """K1: every operation of the contract, with a valid token, and the routes that no contract shows."""
        token = api.sign_up(new_email())["access_token"]
        document = httpx2.get(f"{identity.base_url}/openapi.json", headers=internal_headers()).json()
        calls = [(method, path) for path, methods in document["paths"].items() for method in methods]
        calls += [("get", "/internal/membership"), ("post", "/internal/token-exchange"), ("get", "/openapi.json")]
        calls += [("post", "/auth/v1/signup"), ("get", "/auth/v1/user"), ("get", "/auth/v1/.well-known/jwks.json")]
        assert len(calls) > 20
        before = admin_query("select count(*) as n from account")
        headers = {"Authorization": f"Bearer {token}"}
        keys: list[dict[str, str]] = [
            {},
            {"X-Internal-Key": ""},
            {"X-Internal-Key": "wrong", "X-Internal-Caller": "gateway"},
        ]
        for method, path in calls:
            for key in keys:
                answer = httpx2.request(method.upper(), f"{identity.base_url}{path}", headers=headers | key)
                assert answer.status_code == 401, (method, path, key)
        assert admin_query("select count(*) as n from account") == before

    def test_internal_routes_are_in_no_contract(self, identity: Running) -> None:
        document = httpx2.get(f"{identity.base_url}/openapi.json", headers=internal_headers()).json()
        assert not [path for path in document["paths"] if not path.startswith("/api/v1/")]
