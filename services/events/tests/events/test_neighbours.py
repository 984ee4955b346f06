"""Whom an event names is asked of contacts: who is there, who is not, and what happens when nobody can tell."""

import time
from uuid import uuid4

import httpx2
import pytest
from support import Client

from crm_testkit import Running, Tokens, User, eventually, internal_headers
from crm_testkit.processes import Starter


class TestPeople:
    async def test_those_who_exist_are_taken_in_their_order(self, ada: Client) -> None:
        people = [await ada.contact(name) for name in ("Grace", "Alan", "Edsger")]
        assert (await ada.make(contact_ids=people[::-1]))["contact_ids"] == people[::-1]

    async def test_a_made_up_and_a_foreign_one_are_422_with_their_place(self, ada: Client, eve: Client) -> None:
        mine, foreign = await ada.contact(), await eve.contact()
        body = {"kind": "note", "title": "x", "contact_ids": [mine, str(uuid4()), foreign], "company_id": str(uuid4())}
        answer = await ada("POST", "/events", body)
        assert answer.status_code == 422
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
            ("/contact_ids/1", "unknown_contact"),
            ("/contact_ids/2", "unknown_contact"),
            ("/company_id", "unknown_company"),
        ]

    async def test_a_patch_asks_only_for_those_who_are_new(self, ada: Client) -> None:
        first, second = await ada.contact(), await ada.contact()
        note = await ada.make(contact_ids=[first])
        await ada.neighbour("DELETE", f"/contacts/{first}")
        path = f"/events/{note['id']}"
        assert (await ada("PATCH", path, {"contact_ids": [first, second]})).status_code == 200
        assert (await ada("PATCH", path, {"contact_ids": [second]})).status_code == 200
        again = await ada("PATCH", path, {"contact_ids": [second, first]})
        assert again.json()["errors"][0] | {"detail": ""} == {
            "pointer": "/contact_ids/1",
            "code": "contact_in_trash",
            "detail": "",
        }

    async def test_lists_find_by_person(self, ada: Client) -> None:
        grace, alan = await ada.contact(), await ada.contact()
        await ada.make(title="Both", contact_ids=[grace, alan])
        await ada.make(title="Grace", contact_ids=[grace])
        for operator, value, expected in [
            ("has", grace, ["Both", "Grace"]),
            ("has_all", [grace, alan], ["Both"]),
            ("has_any", [alan, str(uuid4())], ["Both"]),
        ]:
            node = f'{{"field": "contact_ids", "op": "{operator}", "value": {value!r}}}'.replace("'", '"')
            answer = await ada.http.get(
                "/api/v1/events", params={"filter": node, "sort": "title"}, headers=ada.headers()
            )
            assert [item["title"] for item in answer.json()["items"]] == expected


class TestAssignee:
    """With the real identity: it alone knows who is a member."""

    @pytest.fixture
    async def member(self, start_service: Starter, contacts: Running) -> Client:
        """Somebody who has signed up, in the workspace that was made for them."""
        self.identity = start_service("identity", "serve")
        serve = start_service(
            "events", "serve", CRM_IDENTITY_URL=self.identity.base_url, CRM_CONTACTS_URL=contacts.base_url
        )
        async with httpx2.AsyncClient(base_url=self.identity.base_url) as http:
            account = {"email": f"{uuid4()}@example.org", "password": f"pass-{uuid4()}"}
            session = (await http.post("/auth/v1/signup", json=account, headers=internal_headers())).json()
            signed_in = internal_headers(authorization=f"Bearer {session['access_token']}")
            membership = (await http.get("/internal/membership", headers=signed_in)).json()
        user = User(
            session["user"]["id"], account["email"], "Ada", "", membership["workspace"]["id"], session["access_token"]
        )
        return Client(httpx2.AsyncClient(base_url=serve.base_url, timeout=20), contacts.base_url, user)

    async def test_members_are_taken_and_nobody_else(self, member: Client) -> None:
        mine = await member.make(kind="task", assignee_id=member.user.id)
        assert mine["assignee_id"] == member.user.id
        answer = await member("PATCH", f"/events/{mine['id']}", {"assignee_id": str(uuid4())})
        assert answer.status_code == 422
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
            ("/assignee_id", "unknown_member")
        ]

    async def test_while_identity_is_away_one_can_still_take_a_task_oneself(self, member: Client) -> None:
        task = await member.make(kind="task")
        self.identity.kill()
        path = f"/events/{task['id']}"
        assert (await member("PATCH", path, {"assignee_id": member.user.id})).status_code == 200
        answer = await member("PATCH", path, {"assignee_id": str(uuid4())})
        assert answer.status_code == 503 and "identity service" in answer.json()["detail"]


class TestAway:
    @pytest.fixture
    async def lonely(self, start_service: Starter, tokens: Tokens) -> Client:
        """Ada, at a service with a contacts of its own, which the test may hurt."""
        self.contacts = start_service("contacts", "serve")
        self.serve = start_service("events", "serve", CRM_CONTACTS_URL=self.contacts.base_url)
        http = httpx2.AsyncClient(base_url=self.serve.base_url, timeout=20)
        return Client(http, self.contacts.base_url, tokens.user("Ada Lovelace"))

    async def test_down_is_503_that_says_so_then_fast_then_well_again(self, lonely: Client) -> None:
        grace = await lonely.contact()
        body = {"kind": "note", "title": "x", "contact_ids": [grace]}
        self.contacts.kill()
        for _ in range(6):
            answer = await lonely("POST", "/events", body)
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1
            assert "contacts service" in answer.json()["detail"]
        started = time.monotonic()
        await lonely("POST", "/events", body)
        assert time.monotonic() - started < 0.05, "the breaker is open: nobody is asked"
        assert (await lonely("GET", "/events?count=exact")).json()["total"] == 0
        assert (await lonely("POST", "/events", {"kind": "note", "title": "About nobody"})).status_code == 201

        self.contacts.restart()

        async def well_again() -> bool:
            return bool((await lonely("POST", "/events", body)).status_code == 201)

        await eventually(well_again, within_s=10)

    async def test_one_that_does_not_answer_is_503_within_its_time(self, lonely: Client) -> None:
        grace = await lonely.contact()
        self.contacts.pause()
        started = time.monotonic()
        answer = await lonely("POST", "/events", {"kind": "note", "title": "x", "contact_ids": [grace]})
        assert answer.status_code == 503
        assert time.monotonic() - started < 4
        self.contacts.resume()
