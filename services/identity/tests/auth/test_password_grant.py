"""POST /token?grant_type=password: old hashes, today's policy, and tokens that are no user's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher, Type
from joserfc import jws
from joserfc.jwk import ECKey
from support import PASSWORD, PUBLIC_URL, Api, claims_of

from crm_testkit.databases import Database
from crm_testkit.processes import Starter

OLD_HASHES = {
    "bcrypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    "argon2i": PasswordHasher(type=Type.I, time_cost=1, memory_cost=1024).hash(PASSWORD),
    "weaker argon2id": PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD),
}


class TestOldHashes:
    @pytest.mark.parametrize("kind", OLD_HASHES)
    def test_verify_and_are_made_anew(
        self, api: Api, new_email: Callable[[], str], admin_query: Callable[..., list[dict[str, str]]], kind: str
    ) -> None:
        email = new_email()
        api.sign_up(email)
        admin_query("update account set password_hash = $2 where email = $1", email, OLD_HASHES[kind])
        assert api.sign_in(email, "wrong password").status_code == 400
        assert api.sign_in(email).status_code == 200
        [row] = admin_query("select password_hash from account where email = $1", email)
        assert row["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert api.sign_in(email).status_code == 200

    def test_damage_is_a_wrong_password(
        self, api: Api, new_email: Callable[[], str], admin_query: Callable[..., object]
    ) -> None:
        email = new_email()
        api.sign_up(email)
        for damaged in ("$2b$garbage", "plain", "$argon2id$"):
            admin_query("update account set password_hash = $2 where email = $1", email, damaged)
            assert api.sign_in(email).json()["code"] == "invalid_credentials"


def test_an_accepted_password_that_is_weak_today_says_so(
    api: Api, start_service: Starter, new_email: Callable[[], str]
) -> None:
    email = new_email()
    api.sign_up(email)
    stricter = Api.of(start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_PASSWORD_MIN_LENGTH="30"))
    weak = stricter.sign_in(email).json()["weak_password"]
    assert weak == {"message": "Password should be at least 30 characters.", "reasons": ["length"]}
    assert "weak_password" not in api.sign_in(email).json()


class TestTokensThatAreNoUsers:
    """14: signed by our own current key, and still not a user."""

    def test_are_refused(
        self, start_service: Starter, fresh_database: Callable[[str], Database], new_email: Callable[[], str]
    ) -> None:
        key = ECKey.generate_key("P-256")
        kid = "6f4ae5a0-0c0e-4f5e-8f0e-1b2c3d4e5f60"
        jwk = {**key.as_dict(private=True), "kid": kid, "key_ops": ["sign", "verify"]}
        api = Api.of(
            start_service(
                "identity",
                "serve",
                DATABASE_URL=fresh_database("identity").api_url,
                CRM_PUBLIC_URL=PUBLIC_URL,
                CRM_AUTH_JWT_KEYS=json.dumps([jwk]),
            )
        )
        good = claims_of(api.sign_up(new_email())["access_token"])

        def ask(**claims: Any) -> tuple[int, str]:
            header = {"alg": "ES256", "typ": "JWT", "kid": kid}
            body = {name: value for name, value in (good | claims).items() if value is not None}
            answer = api.get("/user", token=jws.serialize_compact(header, json.dumps(body).encode(), key))
            return answer.status_code, answer.json().get("code", "")

        assert ask() == (200, "")
        assert ask(aud=["authenticated", "other"]) == (200, "")
        foreign: list[dict[str, Any]] = [
            {"role": "anon"},
            {"role": "service_role"},
            {"role": None},
            {"aud": "other"},
            {"aud": []},
            {"iss": "https://evil.example.com/auth/v1"},
            {"sub": "1"},
            {"sub": None},
            {"session_id": "x"},
            {"session_id": None},
            {"exp": 1},
            {"exp": None},
            {"exp": "9999999999"},
            {"iat": 9_999_999_999},
        ]
        for claims in foreign:
            assert ask(**claims) == (403, "bad_jwt"), claims
        somebody = "00000000-0000-4000-8000-000000000000"
        assert ask(sub=somebody) == (403, "user_not_found")
        assert ask(session_id=somebody) == (403, "session_not_found")
