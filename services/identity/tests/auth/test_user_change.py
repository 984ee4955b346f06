"""PUT /user: own data, password, address; and what it must not change."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from support import PASSWORD, PUBLIC_URL, Api, Outbox, claims_of

from crm_testkit.processes import Running, Starter

BETTER = "a new and better one"


def change(api: Api, token: str, **members: object) -> httpx2.Response:
    return api.call("PUT", "/user", members, token=token)


class TestData:
    def test_merges_and_null_deletes(self, api: Api, new_email: Callable[[], str]) -> None:
        token = api.sign_up(new_email(), name="Ada", city="London")["access_token"]
        metadata = change(api, token, data={"city": None, "team": "engines"}).json()["user_metadata"]
        assert metadata["name"] == "Ada" and metadata["team"] == "engines" and "city" not in metadata

    @pytest.mark.parametrize("data", [{"big": "x" * 5000}, {"nul": "a\x00b"}, {"deep": [[[[]]]] * 1}])
    def test_bounds(self, api: Api, new_email: Callable[[], str], data: dict[str, object]) -> None:
        nested: object = "x"
        for _ in range(40):
            nested = [nested]
        token = api.sign_up(new_email())["access_token"]
        given = {"deep": nested} if "deep" in data else data
        answer = change(api, token, data=given)
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")

    def test_nothing_that_counts_can_be_assigned(self, api: Api, new_email: Callable[[], str]) -> None:
        email = new_email()
        token = api.sign_up(email)["access_token"]
        before = api.get("/user", token=token).json()
        answer = change(
            api,
            token,
            role="service_role",
            aud="admin",
            id="00000000-0000-4000-8000-000000000000",
            is_anonymous=True,
            email_confirm=True,
            banned_until="2020-01-01T00:00:00Z",
            data={"sub": "somebody", "email_verified": False, "role": "admin"},
        )
        after = answer.json()
        for member in ("id", "aud", "role", "email", "is_anonymous", "app_metadata", "email_confirmed_at"):
            assert after[member] == before[member]
        fresh = claims_of(api.sign_in(email).json()["access_token"])
        assert (fresh["role"], fresh["aud"], fresh["sub"]) == ("authenticated", "authenticated", before["id"])

    def test_app_metadata_is_for_admins(self, api: Api, new_email: Callable[[], str]) -> None:
        answer = change(api, api.sign_up(new_email())["access_token"], app_metadata={"role": "admin"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_admin")

    def test_sign_up_assigns_nothing_either(self, api: Api, new_email: Callable[[], str]) -> None:
        body = {"email": new_email(), "password": PASSWORD, "role": "service_role", "app_metadata": {"x": 1}, "id": "1"}
        user = api.post("/signup", body | {"is_anonymous": True, "aud": "x", "banned_until": "2099-01-01"}).json()[
            "user"
        ]
        assert (user["role"], user["aud"], user["is_anonymous"]) == ("authenticated", "authenticated", False)
        assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
        assert "banned_until" not in user


class TestPassword:
    def test_signs_out_the_other_sessions_only(self, api: Api, new_email: Callable[[], str]) -> None:
        email = new_email()
        other, own = api.sign_up(email), api.sign_in(email).json()
        assert change(api, own["access_token"], password=BETTER).status_code == 200
        assert api.get("/user", token=own["access_token"]).status_code == 200
        assert api.get("/user", token=other["access_token"]).json()["code"] == "session_not_found"
        assert api.refresh(other["refresh_token"]).json()["code"] == "refresh_token_not_found"
        assert api.sign_in(email, BETTER).status_code == 200

    @pytest.mark.parametrize(
        ("password", "status", "code"),
        [
            (PASSWORD, 422, "same_password"),
            ("short", 422, "weak_password"),
            ("ö" * 37, 400, "validation_failed"),  # 74 bytes
        ],
    )
    def test_refusals(self, api: Api, new_email: Callable[[], str], password: str, status: int, code: str) -> None:
        answer = change(api, api.sign_up(new_email())["access_token"], password=password)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_72_bytes_are_fine_and_unicode_has_one_form(self, api: Api, new_email: Callable[[], str]) -> None:
        email, composed, decomposed = new_email(), "\u00e9" * 36, "e\u0301" * 36
        api.sign_up(email, composed)
        assert api.sign_in(email, decomposed).status_code == 200


@pytest.fixture(scope="module")
def careful(start_service: Starter) -> Running:
    return start_service(
        "identity",
        "serve",
        CRM_PUBLIC_URL=PUBLIC_URL,
        CRM_AUTH_PASSWORD_NEEDS_CURRENT="true",
        CRM_AUTH_PASSWORD_CHARACTERS="abcdefghijklmnopqrstuvwxyz:0123456789",
        CRM_AUTH_MAIL_INTERVAL_S="0",
    )


class TestPasswordRules:
    def test_the_current_one_is_asked_for(self, careful: Running, new_email: Callable[[], str]) -> None:
        api = Api.of(careful)
        token = api.sign_up(new_email(), "battery staple 1")["access_token"]
        assert change(api, token, password="battery staple 2").json()["code"] == "current_password_required"
        wrong = change(api, token, password="battery staple 2", current_password="wrong")
        assert wrong.json()["code"] == "current_password_invalid"
        right = change(api, token, password="battery staple 2", current_password="battery staple 1")
        assert right.status_code == 200

    def test_but_not_of_somebody_who_forgot_it(self, careful: Running, new_email: Callable[[], str]) -> None:
        api, email = Api.of(careful), new_email()
        api.sign_up(email, "battery staple 1")
        api.post("/recover", {"email": email})
        mail = Outbox(careful.metrics_url).newest(email)
        token = api.post("/verify", {"email": email, "token": mail.code, "type": "recovery"}).json()["access_token"]
        assert change(api, token, password="battery staple 2").status_code == 200

    def test_required_characters(self, careful: Running, new_email: Callable[[], str]) -> None:
        answer = Api.of(careful).post("/signup", {"email": new_email(), "password": "battery staple"})
        assert answer.status_code == 422
        assert answer.json()["weak_password"] == {"reasons": ["characters"]}


class TestNonce:
    async def test_is_asked_for_when_the_session_is_a_day_old(
        self, start_service: Starter, new_email: Callable[[], str], admin_query: Callable[..., object]
    ) -> None:
        running = start_service(
            "identity",
            "serve",
            CRM_PUBLIC_URL=PUBLIC_URL,
            CRM_AUTH_PASSWORD_NEEDS_NONCE="true",
            CRM_AUTH_MAIL_INTERVAL_S="0",
        )
        api, email = Api.of(running), new_email()
        token = api.sign_up(email)["access_token"]
        assert change(api, token, password=BETTER).status_code == 200
        session_id = claims_of(token)["session_id"]
        admin_query("update session set created_at = now() - interval '25 hours' where id = $1", session_id)
        assert change(api, token, password=PASSWORD).json()["code"] == "reauthentication_needed"
        assert api.get("/reauthenticate", token=token).json() == {}
        code = Outbox(running.metrics_url).newest(email).code
        wrong = "000000" if code != "000000" else "111111"
        assert change(api, token, password=PASSWORD, nonce=wrong).json()["code"] == "reauthentication_not_valid"
        assert change(api, token, password=PASSWORD, nonce=code).status_code == 200
        again = change(api, token, password=BETTER, nonce=code)
        assert again.json()["code"] == "reauthentication_not_valid"


class TestEmail:
    def verify(self, api: Api, email: str, code: str) -> httpx2.Response:
        return api.post("/verify", {"email": email, "token": code, "type": "email_change"})

    @pytest.mark.parametrize("first", ["old", "new"])
    def test_both_mailboxes_confirm_even_under_autoconfirm(
        self, api: Api, outbox: Outbox, new_email: Callable[[], str], first: str
    ) -> None:
        old, new = new_email(), new_email()
        token = api.sign_up(old)["access_token"]
        waiting = change(api, token, email=new.upper()).json()
        assert (waiting["email"], waiting["new_email"]) == (old, new)
        codes = {old: outbox.newest(old).code, new: outbox.newest(new).code}
        order = [old, new] if first == "old" else [new, old]
        half = self.verify(api, order[0], codes[order[0]])
        assert half.json()["code"] == "200" and "msg" in half.json()
        assert api.get("/user", token=token).json()["email"] == old
        assert self.verify(api, order[0], codes[order[0]]).status_code == 403
        done = self.verify(api, order[1], codes[order[1]])
        assert done.json()["user"]["email"] == new
        assert "new_email" not in done.json()["user"]
        assert done.json()["user"]["identities"][0]["email"] == new
        assert api.sign_in(new).status_code == 200
        assert api.sign_in(old).status_code == 400
        assert outbox.newest(old).subject == "Your address was changed"

    def test_one_mailbox_twice_is_not_both(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        old, new = new_email(), new_email()
        token = api.sign_up(old)["access_token"]
        change(api, token, email=new)
        self.verify(api, new, outbox.newest(new).code)
        change(api, token, email=new)  # asking again starts again
        assert self.verify(api, new, outbox.newest(new).code).json()["code"] == "200"
        assert api.get("/user", token=token).json()["email"] == old

    def test_old_codes_end_with_the_change(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        old, new = new_email(), new_email()
        token = api.sign_up(old)["access_token"]
        api.post("/recover", {"email": old})
        recovery = outbox.newest(old)
        change(api, token, email=new)
        for address in (old, new):
            self.verify(api, address, outbox.newest(address).code)
        assert api.post("/verify", {"token_hash": recovery.token_hash, "type": "recovery"}).status_code == 403

    def test_a_taken_address_is_refused_at_both_moments(
        self, api: Api, outbox: Outbox, new_email: Callable[[], str]
    ) -> None:
        old, wanted = new_email(), new_email()
        token = api.sign_up(old)["access_token"]
        assert change(api, token, email=wanted).status_code == 200
        mails = {address: outbox.newest(address).code for address in (old, wanted)}
        api.sign_up(wanted)  # somebody was faster
        self.verify(api, old, mails[old])
        assert self.verify(api, wanted, mails[wanted]).json()["code"] == "email_exists"
        assert api.get("/user", token=token).json()["email"] == old
        refused = change(api, token, email=wanted)
        assert (refused.status_code, refused.json()["code"]) == (422, "email_exists")

    def test_two_people_race_for_one_address(self, api: Api, outbox: Outbox, new_email: Callable[[], str]) -> None:
        wanted = new_email()
        people = []
        for _ in range(2):
            email = new_email()
            token = api.sign_up(email)["access_token"]
            change(api, token, email=wanted)
            code = outbox.newest(wanted).code
            self.verify(api, email, outbox.newest(email).code)
            people.append(code)
        outcomes = [self.verify(api, wanted, code) for code in people]
        assert sorted(answer.status_code for answer in outcomes) == [200, 422]


class TestAnonymous:
    def test_becomes_permanent_with_the_same_id(self, api: Api, new_email: Callable[[], str]) -> None:
        client, email = api.client(), new_email()
        signed_in = client.sign_in_anonymously()
        assert signed_in.user is not None and signed_in.session is not None and signed_in.user.is_anonymous
        assert signed_in.user.identities == []
        assert claims_of(signed_in.session.access_token)["is_anonymous"] is True
        changed = client.update_user({"email": email})
        assert changed.user.id == signed_in.user.id and not changed.user.is_anonymous
        assert changed.user.identities is not None and changed.user.identities[0].provider == "email"
        client.update_user({"password": PASSWORD})
        assert api.sign_in(email).json()["user"]["id"] == signed_in.user.id

    def test_a_password_needs_an_address(self, api: Api) -> None:
        token = api.post("/signup", {}).json()["access_token"]
        answer = change(api, token, password=PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
        assert api.get("/reauthenticate", token=token).json()["code"] == "validation_failed"

    def test_off_by_default(self, strict: Api) -> None:
        answer = strict.post("/signup", {"data": {"x": 1}})
        assert (answer.status_code, answer.json()["code"]) == (422, "anonymous_provider_disabled")
