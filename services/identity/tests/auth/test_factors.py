"""The second factor: enrolled, shown, lost; by the unmodified client, and as somebody who has the password alone."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from support import PASSWORD, Api, claims_of

WRONG = "000000"


def code_at(secret: str, when: float) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), 30).generate(int(when)).decode()  # noqa: S303 - what the apps compute (RFC 6238)


class Phone:
    """The authenticator app: a later code at each look, as if half a minute had passed, within the allowed skew."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._steps = iter((-30, 0, 30))

    def code(self) -> str:
        return code_at(self.secret, time.time() + next(self._steps))


class Person:
    def __init__(self, api: Api, email: str) -> None:
        self.api, self.email = api, email
        self.session = api.sign_up(email)
        self.factor_id = ""

    @property
    def token(self) -> str:
        token: str = self.session["access_token"]
        return token

    def enrol(self, name: str = "phone") -> httpx2.Response:
        return self.api.post("/factors", {"factor_type": "totp", "friendly_name": name}, token=self.token)

    def show(self, code: str, token: str | None = None) -> httpx2.Response:
        token = token or self.token
        challenge = self.api.post(f"/factors/{self.factor_id}/challenge", token=token).json()
        body = {"challenge_id": challenge["id"], "code": code}
        return self.api.post(f"/factors/{self.factor_id}/verify", body, token=token)


@pytest.fixture
def person(api: Api, new_email: Callable[[], str]) -> Person:
    return Person(api, new_email())


@pytest.fixture
def phone(person: Person) -> Phone:
    """The person has a verified factor, and is at aal2."""
    enrolled = person.enrol().json()
    person.factor_id = enrolled["id"]
    phone = Phone(enrolled["totp"]["secret"])
    shown = person.show(phone.code())
    assert shown.status_code == 200, shown.text
    person.session = shown.json()
    return phone


class TestTheClient:
    def test_enrols_and_reaches_aal2(self, api: Api, new_email: Callable[[], str]) -> None:
        client = api.client()
        client.sign_up({"email": new_email(), "password": PASSWORD})
        enrolled = client.mfa.enroll({"factor_type": "totp", "friendly_name": "phone"})
        assert enrolled.totp is not None
        qr_code = enrolled.totp.qr_code.partition("utf-8,")[2] or enrolled.totp.qr_code
        assert qr_code.startswith("<svg") and "#" not in qr_code and "%" not in qr_code
        uri = urlsplit(enrolled.totp.uri)
        assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
        assert parse_qs(uri.query)["secret"] == [enrolled.totp.secret]
        code = code_at(enrolled.totp.secret, time.time())
        verified = client.mfa.challenge_and_verify({"factor_id": enrolled.id, "code": code})
        assert verified.user.factors is not None and verified.user.factors[0].status == "verified"
        level = client.mfa.get_authenticator_assurance_level()
        assert (level.current_level, level.next_level) == ("aal2", "aal2")
        assert [entry.method for entry in level.current_authentication_methods] == ["totp", "password"]
        assert [factor.id for factor in client.mfa.list_factors().totp] == [enrolled.id]


class TestAal:
    def test_other_sessions_without_it_end(self, api: Api, new_email: Callable[[], str]) -> None:
        person = Person(api, new_email())
        other = api.sign_in(person.email).json()
        enrolled = person.enrol().json()
        person.factor_id = enrolled["id"]
        assert person.show(Phone(enrolled["totp"]["secret"]).code()).status_code == 200
        assert api.get("/user", token=other["access_token"]).json()["code"] == "session_not_found"

    def test_a_refresh_token_from_before_does_not_reach_aal2(self, api: Api, new_email: Callable[[], str]) -> None:
        person = Person(api, new_email())
        before = person.session["refresh_token"]
        enrolled = person.enrol().json()
        person.factor_id = enrolled["id"]
        after = person.show(Phone(enrolled["totp"]["secret"]).code()).json()
        refused = api.refresh(before)
        assert (refused.status_code, refused.json()["code"]) == (400, "refresh_token_already_used")
        refreshed = api.refresh(after["refresh_token"])
        assert claims_of(refreshed.json()["access_token"])["aal"] == "aal2"

    def test_with_the_password_alone_nothing_changes(self, person: Person, phone: Phone) -> None:
        api = person.api
        thief = api.sign_in(person.email).json()["access_token"]
        assert claims_of(thief)["aal"] == "aal1"
        for change in ({"password": "a new and better one"}, {"email": "thief@example.org"}):
            refused = api.call("PUT", "/user", change, token=thief)
            assert (refused.status_code, refused.json()["code"]) == (401, "insufficient_aal")
        assert api.call("PUT", "/user", {"data": {"x": 1}}, token=thief).status_code == 200
        refused = api.post("/factors", {"factor_type": "totp", "friendly_name": "thief's"}, token=thief)
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_aal")
        refused = api.call("DELETE", f"/factors/{person.factor_id}", token=thief)
        assert (refused.status_code, refused.json()["code"]) == (422, "insufficient_aal")
        assert api.get("/factors/recovery-codes", token=thief).json()["code"] == "insufficient_aal"

    def test_removing_it_drops_its_sessions_to_aal1(self, person: Person, phone: Phone) -> None:
        removed = person.api.call("DELETE", f"/factors/{person.factor_id}", token=person.token)
        assert removed.json() == {"id": person.factor_id}
        claims = claims_of(person.api.refresh(person.session["refresh_token"]).json()["access_token"])
        assert claims["aal"] == "aal1"
        assert [entry["method"] for entry in claims["amr"]] == ["password"]
        assert "factors" not in person.api.get("/user", token=person.token).json()


class TestCodes:
    def test_a_step_is_accepted_once(self, person: Person, phone: Phone) -> None:
        code = phone.code()
        assert person.show(code).status_code == 200
        again = person.show(code)
        assert (again.status_code, again.json()["code"]) == (422, "mfa_verification_failed")

    def test_a_challenge_is_spent_once(self, person: Person, phone: Phone) -> None:
        api = person.api
        challenge = api.post(f"/factors/{person.factor_id}/challenge", token=person.token).json()
        assert challenge["type"] == "totp" and challenge["expires_at"] > time.time()
        answers = [
            api.post(
                f"/factors/{person.factor_id}/verify",
                {"challenge_id": challenge["id"], "code": phone.code()},
                token=person.token,
            )
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [200, 422]
        assert answers[1].json()["code"] == "mfa_ip_address_mismatch"

    def test_from_another_address_it_does_not_fit(self, person: Person, phone: Phone) -> None:
        api = person.api
        challenge = api.post(f"/factors/{person.factor_id}/challenge", token=person.token).json()
        body = {"challenge_id": challenge["id"], "code": phone.code()}
        elsewhere = {"X-Internal-Client": "198.51.100.9"}
        answer = api.post(f"/factors/{person.factor_id}/verify", body, token=person.token, headers=elsewhere)
        assert answer.json()["code"] == "mfa_ip_address_mismatch"

    def test_it_runs_out(self, person: Person, phone: Phone, admin_query: Callable[..., object]) -> None:
        api = person.api
        challenge = api.post(f"/factors/{person.factor_id}/challenge", token=person.token).json()
        admin_query("update factor_challenge set expires_at = now() where id = $1", challenge["id"])
        body = {"challenge_id": challenge["id"], "code": phone.code()}
        answer = api.post(f"/factors/{person.factor_id}/verify", body, token=person.token)
        assert answer.json()["code"] == "mfa_challenge_expired"

    def test_guessing_is_slowed(self, person: Person, phone: Phone) -> None:
        answers = [person.show(WRONG) for _ in range(7)]
        assert {answer.json()["code"] for answer in answers[:5]} == {"mfa_verification_failed"}
        assert answers[-1].status_code == 429


class TestEnrolment:
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"factor_type": "phone"}, 422, "mfa_phone_enroll_not_enabled"),
            ({"factor_type": "webauthn"}, 422, "mfa_webauthn_enroll_not_enabled"),
            ({"factor_type": "carrier pigeon"}, 400, "validation_failed"),
            ({}, 400, "validation_failed"),
        ],
    )
    def test_other_kinds(self, person: Person, body: dict[str, str], status: int, code: str) -> None:
        answer = person.api.post("/factors", body, token=person.token)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_names_differ(self, person: Person) -> None:
        assert person.enrol("phone").status_code == 200
        assert person.enrol("phone").json()["code"] == "mfa_factor_name_conflict"
        assert person.enrol("").json()["friendly_name"] == ""
        assert person.enrol("").status_code == 200

    def test_at_most_ten(self, person: Person) -> None:
        answers = [person.enrol(f"phone {number}") for number in range(11)]
        assert answers[-1].json()["code"] == "too_many_enrolled_mfa_factors"

    def test_not_for_anonymous_people(self, api: Api) -> None:
        token = api.post("/signup", {}).json()["access_token"]
        answer = api.post("/factors", {"factor_type": "totp"}, token=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "no_authorization")

    @pytest.mark.parametrize("factor_id", ["6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60", "..%2f..%2fuser", "1"])
    def test_unknown_ids(self, person: Person, factor_id: str) -> None:
        assert person.api.post(f"/factors/{factor_id}/challenge", token=person.token).status_code == 404

    def test_anothers_factor_is_not_there(self, person: Person, phone: Phone, new_email: Callable[[], str]) -> None:
        eve = Person(person.api, new_email())
        answer = person.api.post(f"/factors/{person.factor_id}/challenge", token=eve.token)
        assert (answer.status_code, answer.json()["code"]) == (404, "mfa_factor_not_found")


class TestRecoveryCodes:
    def codes(self, person: Person) -> list[str]:
        made: dict[str, Any] = person.api.post("/factors/recovery-codes", token=person.token).json()
        assert (made["type"], made["total"]) == ("recovery_code", 10)
        codes: list[str] = made["codes"]
        return codes

    def test_one_opens_aal2_once(self, person: Person, phone: Phone) -> None:
        api, codes = person.api, self.codes(person)
        token = api.sign_in(person.email).json()["access_token"]
        typed = codes[0].upper().replace("-", " ")
        opened = api.post("/factors/recovery-codes/verify", {"code": typed}, token=token)
        assert claims_of(opened.json()["access_token"])["aal"] == "aal2"
        other = api.sign_in(person.email).json()["access_token"]
        again = api.post("/factors/recovery-codes/verify", {"code": codes[0]}, token=other)
        assert (again.status_code, again.json()["code"]) == (422, "mfa_recovery_codes_verification_failed")
        status = api.get("/factors/recovery-codes", token=opened.json()["access_token"]).json()
        assert (status["total"], status["remaining"]) == (10, 9)

    def test_new_ones_void_the_old(self, person: Person, phone: Phone) -> None:
        api, old = person.api, self.codes(person)
        refused = api.post("/factors/recovery-codes", token=person.token)
        assert refused.json()["code"] == "mfa_recovery_codes_already_exist"
        new = api.post("/factors/recovery-codes/regenerate", token=person.token).json()["codes"]
        assert not set(old) & set(new)
        token = api.sign_in(person.email).json()["access_token"]
        assert api.post("/factors/recovery-codes/verify", {"code": old[0]}, token=token).status_code == 422
        assert api.call("DELETE", "/factors/recovery-codes", token=person.token).status_code == 200
        assert api.post("/factors/recovery-codes/verify", {"code": new[0]}, token=token).status_code == 422

    def test_they_need_a_factor(self, person: Person) -> None:
        answer = person.api.post("/factors/recovery-codes", token=person.token)
        assert answer.json()["code"] == "mfa_recovery_codes_need_verified_factor"
