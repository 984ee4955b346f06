"""Workspaces, members, invitations: what each role may, and what nobody may."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import httpx2
import pytest
from support import Team

from crm_testkit.headers import internal_headers

MakeTeam = Callable[..., Team]


def joined(owner: Team, newcomer: Team, role: str = "member") -> None:
    """The newcomer is in the owner's workspace from here on, and looks at that one."""
    link = owner.post("/invitations", {"email": "x@example.org", "role": role}).json()["link"]
    answer = newcomer.post("/invitations/accept", {"token": link.partition("token=")[2]})
    assert answer.status_code == 200, answer.text
    newcomer.workspace_id = owner.workspace_id


class TestMe:
    def test_who_and_where(self, team: MakeTeam) -> None:
        ada = team("Ada")
        answer = ada.get("/me").json()
        assert answer["user"] == {"id": ada.user_id, "email": ada.session["user"]["email"], "name": "Ada"}
        assert [(w["id"], w["role"]) for w in answer["workspaces"]] == [(ada.workspace_id, "owner")]

    def test_first_requests_at_once_make_one_workspace(
        self, api: object, identity: object, new_email: Callable[[], str]
    ) -> None:
        session = api.sign_up(new_email())  # type: ignore[attr-defined]
        ada = Team.__new__(Team)
        ada.running, ada.session = identity, session  # type: ignore[assignment]
        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda _: ada.membership(), range(12)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["workspace"]["id"] for answer in answers}) == 1


class TestWorkspaces:
    def test_create_read_change(self, team: MakeTeam) -> None:
        ada = team()
        made = ada.post(
            "/workspaces", {"name": " Acme ", "country": "de", "time_zone": "Europe/Berlin", "currency": "eur"}
        )
        assert made.status_code == 201
        shown = made.json()
        assert (shown["name"], shown["country"], shown["currency"], shown["role"]) == ("Acme", "DE", "EUR", "owner")
        assert made.headers["location"] == f"/api/v1/workspaces/{shown['id']}"
        path = f"/workspaces/{shown['id']}"
        read = ada.get(path)
        assert read.json() == shown and read.headers["etag"] == '"1.0"'
        assert ada.get(path, if_none_match='"1.0"').status_code == 304
        assert ada.patch(path, {"name": "X"}, if_match='"7.0"').status_code == 412
        changed = ada.patch(path, {"currency": None, "locale": "de-AT"}, if_match='"1.0"')
        assert (changed.json()["version"], changed.json()["currency"]) == (2, None)
        assert "x-operation-id" in changed.headers
        same = ada.patch(path, {"locale": "de-AT"})
        assert same.json()["version"] == 2 and "x-operation-id" not in same.headers
        assert [item["id"] for item in ada.get("/workspaces").json()["items"]] == sorted(
            [ada.workspace_id, shown["id"]]
        )

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"name": "x" * 201}, "/name"),
            ({"name": "A", "time_zone": "Mars/Olympus"}, "/time_zone"),
            ({"name": "A", "time_zone": "../../etc/passwd"}, "/time_zone"),
            ({"name": "A", "country": "Germany"}, "/country"),
            ({"name": "A", "currency": "€"}, "/currency"),
            ({"name": "A", "locale": "?"}, "/locale"),
            ({"name": "A", "colour": "red"}, "/colour"),
            ({}, "/name"),
        ],
    )
    def test_faults_have_pointers(self, team: MakeTeam, body: dict[str, str], pointer: str) -> None:
        answer = team().post("/workspaces", body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer

    def test_a_repeat_with_the_same_key_makes_one(self, team: MakeTeam) -> None:
        ada = team()
        first = ada.post("/workspaces", {"name": "Acme"}, idempotency_key="k1")
        again = ada.post("/workspaces", {"name": "Acme"}, idempotency_key="k1")
        assert first.json() == again.json() and again.status_code == 201
        assert ada.post("/workspaces", {"name": "Other"}, idempotency_key="k1").status_code == 422
        assert len(ada.get("/workspaces").json()["items"]) == 2

    def test_pages(self, team: MakeTeam) -> None:
        ada = team()
        for name in "ABC":
            ada.post("/workspaces", {"name": name})
        first = ada.get("/workspaces?limit=3").json()
        rest = ada.get(f"/workspaces?limit=3&cursor={first['next_cursor']}").json()
        assert len(first["items"]) == 3 and len(rest["items"]) == 1 and rest["next_cursor"] is None
        assert ada.get("/workspaces?limit=0").status_code == 400
        assert ada.get("/workspaces?cursor=forged").status_code == 400


class TestIsolation:
    """T1 for this service: what is foreign answers as what does not exist."""

    def test_a_foreign_workspace_is_not_there(self, team: MakeTeam) -> None:
        ada, eve = team(), team("Eve")
        for workspace_id in (ada.workspace_id, str(uuid.uuid4())):
            assert eve.membership(workspace_id).status_code == 404
            assert eve.get(f"/workspaces/{workspace_id}").status_code == 404
            assert eve.patch(f"/workspaces/{workspace_id}", {"name": "Eve's"}).status_code == 404
        assert ada.get(f"/workspaces/{ada.workspace_id}").json()["version"] == 1

    def test_foreign_records_are_not_there(self, team: MakeTeam) -> None:
        ada, eve = team(), team("Eve")
        invitation = ada.post("/invitations", {"email": "bob@example.org"}).json()["id"]
        token = ada.post("/api-tokens", {"name": "t", "scopes": ["read"]}).json()["id"]
        session = ada.get("/me/sessions").json()["items"][0]["id"]
        paths = [
            f"/invitations/{invitation}",
            f"/api-tokens/{token}",
            f"/me/sessions/{session}",
            f"/members/{ada.user_id}",
        ]
        for path in paths:
            missing = path.rpartition("/")[0] + f"/{uuid.uuid4()}"
            assert eve.delete(path).status_code == eve.delete(missing).status_code == 404
        assert ada.get(f"/invitations/{invitation}").status_code == 200
        assert len(ada.get("/me/sessions").json()["items"]) == 1

    def test_the_database_role_sees_nothing_without_a_workspace(
        self, team: MakeTeam, database: Callable[[str], object]
    ) -> None:
        team()

        async def counts() -> list[int]:
            connection = await asyncpg.connect(database("identity").api_url)  # type: ignore[attr-defined]
            try:
                tables = ("workspace", "member", "invitation", "api_token")
                return [await connection.fetchval(f"select count(*) from {table}") for table in tables]
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(asyncio.run, counts()).result() == [0, 0, 0, 0]


class TestRoles:
    def test_who_may_invite(self, team: MakeTeam) -> None:
        for role, wanted, status in [
            ("viewer", "viewer", 403),
            ("member", "viewer", 403),
            ("admin", "admin", 201),
            ("admin", "owner", 403),
        ]:
            owner, other = team(), team("Bob")
            joined(owner, other, role)
            answer = other.post("/invitations", {"email": "x@example.org", "role": wanted})
            assert answer.status_code == status, (role, wanted)
        assert owner.post("/invitations", {"email": "x@example.org", "role": "owner"}).status_code == 201

    def test_an_admin_cannot_touch_an_owner(self, team: MakeTeam) -> None:
        owner, admin = team(), team("Bob")
        joined(owner, admin, "admin")
        assert admin.patch(f"/members/{owner.user_id}", {"role": "viewer"}).json()["code"] == "role_too_low"
        assert admin.delete(f"/members/{owner.user_id}").json()["code"] == "role_too_low"
        assert admin.patch(f"/members/{admin.user_id}", {"role": "owner"}).status_code == 403

    def test_a_workspace_keeps_an_owner(self, team: MakeTeam) -> None:
        owner, other = team(), team("Bob")
        joined(owner, other, "owner")
        assert other.patch(f"/members/{other.user_id}", {"role": "viewer"}).status_code == 200
        assert owner.patch(f"/members/{owner.user_id}", {"role": "admin"}).json()["code"] == "last_owner"
        assert owner.delete(f"/members/{owner.user_id}").json()["code"] == "last_owner"

    def test_two_owners_who_leave_at_once(self, team: MakeTeam) -> None:
        owner, other = team(), team("Bob")
        joined(owner, other, "owner")
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda who: who.delete(f"/members/{who.user_id}"), [owner, other]))
        assert sorted(answer.status_code for answer in answers) == [204, 409]

    def test_a_changed_role_holds_at_once(self, team: MakeTeam) -> None:
        owner, other = team(), team("Bob")
        joined(owner, other, "member")
        assert other.membership(owner.workspace_id).json()["role"] == "member"
        assert owner.patch(f"/members/{other.user_id}", {"role": "viewer"}, if_match='"1.0"').json()["version"] == 2
        assert other.membership(owner.workspace_id).json()["role"] == "viewer"
        assert owner.patch(f"/members/{other.user_id}", {"role": "king"}).status_code == 422

    def test_leaving_and_coming_back(self, team: MakeTeam) -> None:
        owner, other = team(), team("Bob")
        own_workspace = other.workspace_id
        joined(owner, other, "member")
        token = other.post("/api-tokens", {"name": "t", "scopes": ["read"]}).json()["token"]
        assert other.delete(f"/members/{other.user_id}").status_code == 204
        assert other.membership(owner.workspace_id).status_code == 404
        assert exchange(other, token).status_code == 401
        other.workspace_id = own_workspace
        joined(owner, other, "viewer")
        members = {member["user_id"]: member for member in owner.get("/members").json()["items"]}
        assert members[other.user_id]["role"] == "viewer" and members[other.user_id]["version"] == 3


class TestInvitations:
    def test_works_once(self, team: MakeTeam) -> None:
        owner, other, third = team(), team("Bob"), team("Eve")
        made = owner.post("/invitations", {"email": "Bob@Example.org", "role": "member"})
        assert made.status_code == 201
        assert set(made.json()) >= {"id", "email", "role", "link", "expires_at"}
        token = made.json()["link"].partition("token=")[2]
        seen = preview(owner, token)
        assert (seen.status_code, seen.json()["invited_by"], seen.json()["email"]) == (200, "Ada", "bob@example.org")
        assert other.post("/invitations/accept", {"token": token}).json() == {"workspace_id": owner.workspace_id}
        again = third.post("/invitations/accept", {"token": token})
        assert (again.status_code, again.json()["code"]) == (404, "invitation_gone")
        assert preview(owner, token).status_code == 404

    def test_one_of_many_at_once(self, team: MakeTeam) -> None:
        owner, others = team(), [team(name) for name in "ABCD"]
        token = owner.post("/invitations", {"email": "x@example.org"}).json()["link"].partition("token=")[2]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda who: who.post("/invitations/accept", {"token": token}), others))
        assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]

    def test_taken_back_or_run_out(self, team: MakeTeam, admin_query: Callable[..., object]) -> None:
        owner, other = team(), team("Bob")
        first, second = (owner.post("/invitations", {"email": "x@example.org"}).json() for _ in range(2))
        assert owner.delete(f"/invitations/{first['id']}").status_code == 204
        assert owner.delete(f"/invitations/{first['id']}").status_code == 404
        admin_query("update invitation set expires_at = now() where id = $1", second["id"])
        for invitation in (first, second):
            token = invitation["link"].partition("token=")[2]
            assert other.post("/invitations/accept", {"token": token}).status_code == 404
        assert owner.get("/invitations").json()["items"] == []

    def test_a_member_who_accepts_leaves_it_open(self, team: MakeTeam) -> None:
        owner, other = team(), team("Bob")
        token = owner.post("/invitations", {"email": "x@example.org"}).json()["link"].partition("token=")[2]
        assert owner.post("/invitations/accept", {"token": token}).status_code == 200
        assert other.post("/invitations/accept", {"token": token}).status_code == 200

    def test_a_repeat_shows_the_same_link(
        self, team: MakeTeam, admin_query: Callable[..., list[dict[str, bytes]]]
    ) -> None:
        owner = team()
        first = owner.post("/invitations", {"email": "x@example.org"}, idempotency_key="i1").json()
        again = owner.post("/invitations", {"email": "x@example.org"}, idempotency_key="i1").json()
        assert first == again
        [kept] = admin_query("select body from idempotency where key = 'i1'")
        assert first["link"].partition("token=")[2].encode() not in kept["body"]

    def test_the_mail_says_who_and_where_to(self, team: MakeTeam, outbox: object) -> None:
        owner = team("Ada <b>Lovelace</b>")
        address = f"{uuid.uuid4().hex}@example.org"
        link = owner.post("/invitations", {"email": address}).json()["link"]
        mail = outbox.newest(address)  # type: ignore[attr-defined]
        assert mail.link == link
        assert "<b>" not in mail.html and "Ada <b>Lovelace</b> invites you" in mail.text


class TestApiTokens:
    def test_is_shown_once_and_exchanged(self, team: MakeTeam) -> None:
        ada = team()
        made = ada.post("/api-tokens", {"name": "nightly", "scopes": ["write", "read"], "expires_at": None})
        assert made.status_code == 201 and made.headers["cache-control"] == "no-store"
        token = made.json()["token"]
        assert token.startswith("mcrm_") and made.json()["hint"] == token[-4:]
        [listed] = ada.get("/api-tokens").json()["items"]
        assert "token" not in listed and listed["scopes"] == ["read", "write"]
        answer = exchange(ada, token)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["workspace_id"], told["role"], told["scopes"]) == (ada.workspace_id, "owner", ["read", "write"])
        assert ada.get("/api-tokens").json()["items"][0]["last_used_at"] is not None

    def test_its_jwt_is_a_user_until_it_is_revoked(self, team: MakeTeam) -> None:
        ada = team()
        made = ada.post("/api-tokens", {"name": "t", "scopes": ["read"]}).json()
        program = Team.__new__(Team)
        program.running, program.user_id, program.workspace_id = ada.running, ada.user_id, ada.workspace_id
        program.session, program.extra = {"access_token": exchange(ada, made["token"]).json()["jwt"]}, {}
        program.extra = {"X-Internal-Scopes": "read"}
        assert program.get("/me").json()["user"]["name"] == "Ada"
        for method, path, body in [
            ("POST", "/api-tokens", {"name": "more", "scopes": ["admin"]}),
            ("POST", "/workspaces", {"name": "mine"}),
            ("POST", "/invitations/accept", {"token": "x"}),
            ("DELETE", f"/members/{ada.user_id}", None),
        ]:
            assert program.call(method, path, body).json()["code"] == "scope_missing", path
        assert ada.delete(f"/api-tokens/{made['id']}").status_code == 204
        assert program.membership().status_code == 401
        assert exchange(ada, made["token"]).status_code == 401

    @pytest.mark.parametrize("token", ["", "mcrm_", "mcrm_" + "A" * 43, "abc", "mcrm_\x00"])
    def test_unknown_ones_are_401(self, team: MakeTeam, token: str) -> None:
        assert exchange(team(), token).status_code == 401

    def test_past_its_end(self, team: MakeTeam, admin_query: Callable[..., object]) -> None:
        ada = team()
        made = ada.post("/api-tokens", {"name": "t", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z"}).json()
        admin_query("update api_token set expires_at = now() where id = $1", made["id"])
        assert exchange(ada, made["token"]).status_code == 401

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "t", "scopes": []},
            {"name": "t", "scopes": ["everything"]},
            {"name": "", "scopes": ["read"]},
            {"name": "t", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"},
            {"scopes": ["read"]},
        ],
    )
    def test_faults(self, team: MakeTeam, body: dict[str, object]) -> None:
        assert team().post("/api-tokens", body).status_code == 422


class TestDevices:
    def test_are_listed_and_signed_out(self, team: MakeTeam, api: object) -> None:
        ada = team()
        other = api.sign_in(ada.session["user"]["email"]).json()  # type: ignore[attr-defined]
        devices = ada.get("/me/sessions").json()["items"]
        assert [device["is_current"] for device in devices] == [False, True]
        assert ada.delete(f"/me/sessions/{devices[0]['id']}").status_code == 204
        assert api.refresh(other["refresh_token"]).status_code == 400  # type: ignore[attr-defined]
        assert ada.membership().status_code == 200


def exchange(team: Team, token: str) -> httpx2.Response:
    return httpx2.post(
        f"{team.running.base_url}/internal/token-exchange", json={"token": token}, headers=internal_headers()
    )


def preview(team: Team, token: str) -> httpx2.Response:
    return httpx2.post(
        f"{team.running.base_url}/api/v1/invitations/preview", json={"token": token}, headers=internal_headers()
    )
