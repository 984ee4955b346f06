"""The forms of the wire: errors in both versions, bodies, methods, and how "off" is said."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from support import PASSWORD, Api, claims_of

from crm_testkit.headers import internal_headers

NEW, OLD = {"X-Supabase-Api-Version": "2024-01-01"}, {"X-Supabase-Api-Version": ""}


class TestErrors:
    def refused(self, api: Api, version: str) -> httpx2.Response:
        headers = {"X-Supabase-Api-Version": version} if version else {}
        return api.http.post("/auth/v1/token?grant_type=password", json={}, headers=headers)

    @pytest.mark.parametrize("version", ["2024-01-01", "2024-06-01", "2099-12-31"])
    def test_new_form(self, api: Api, version: str) -> None:
        answer = self.refused(api, version)
        assert answer.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
        assert answer.headers["x-supabase-api-version"] == "2024-01-01"
        assert answer.headers["x-sb-error-code"] == "invalid_credentials"
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("version", ["", "junk", "2023-01-01", "2024-13-40"])
    def test_old_form(self, api: Api, version: str) -> None:
        answer = self.refused(api, version)
        assert answer.json() == {
            "code": 400,
            "error_code": "invalid_credentials",
            "msg": "Invalid login credentials",
        }
        assert "x-supabase-api-version" not in answer.headers
        assert answer.headers["x-sb-error-code"] == "invalid_credentials"

    def test_weak_password_gives_reasons_in_both(self, api: Api, new_email: Callable[[], str]) -> None:
        for headers in (NEW, {}):
            answer = api.http.post("/auth/v1/signup", json={"email": new_email(), "password": "short"}, headers=headers)
            assert answer.status_code == 422
            assert answer.json()["weak_password"] == {"reasons": ["length"]}
        assert answer.json()["msg"] == "Password should be at least 8 characters."


class TestBodies:
    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"email": 5}', b"\xff\xfe", b"[" * 100_000, b"nul"])
    def test_unreadable_is_bad_json(self, api: Api, body: bytes) -> None:
        answer = api.http.post("/auth/v1/signup", content=body, headers=NEW)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")

    def test_one_byte_too_much(self, api: Api) -> None:
        body = json.dumps({"email": "x"}).encode()
        answer = api.http.post("/auth/v1/signup", content=body + b" " * (1_048_577 - len(body)), headers=NEW)
        assert (answer.status_code, answer.json()["code"]) == (413, "request_entity_too_large")
        fits = api.http.post("/auth/v1/signup", content=body + b" " * (1_048_576 - len(body)), headers=NEW)
        assert fits.json()["code"] == "validation_failed"

    def test_what_clients_send_beside_is_ignored(self, api: Api, new_email: Callable[[], str]) -> None:
        body = {
            "email": new_email(),
            "password": PASSWORD,
            "gotrue_meta_security": {"captcha_token": None},
            "code_challenge": None,
            "code_challenge_method": None,
            "channel": None,
            "options": {"anything": [1]},
        }
        answer = api.post("/signup", body, headers={"apikey": "anything", "Authorization": "Bearer not-a-jwt"})
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "email",
        [
            "x",
            "a@",
            "@b.org",
            "a b@c.org",
            "a@b..org",
            "a" * 250 + "@example.org",
            "a@b.org\r\nBcc: c@d.org",
            "a\x00@b.org",
        ],
    )
    def test_bad_addresses(self, api: Api, email: str) -> None:
        answer = api.post("/signup", {"email": email, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")

    def test_an_address_is_one_whatever_its_case(self, api: Api, new_email: Callable[[], str]) -> None:
        email = new_email()
        api.sign_up(email.upper())
        assert api.sign_in(email).json()["user"]["email"] == email
        answer = api.post("/signup", {"email": email.title(), "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (422, "user_already_exists")
        assert answer.json()["message"] == "User already registered"


class TestSession:
    def test_has_what_both_clients_need(self, api: Api, new_email: Callable[[], str]) -> None:
        session = api.sign_up(new_email(), name="Ada")
        assert set(session) == {"access_token", "token_type", "expires_in", "expires_at", "refresh_token", "user"}
        assert (session["token_type"], session["expires_in"]) == ("bearer", 3600)
        claims = claims_of(session["access_token"])
        assert set(claims) == {
            "iss", "aud", "exp", "iat", "sub", "role", "email", "phone", "session_id", "aal", "amr", "app_metadata",
            "user_metadata", "is_anonymous", "jti",
        }  # fmt: skip
        assert claims["exp"] == session["expires_at"]
        user = session["user"]
        assert user["user_metadata"]["sub"] == user["id"] and user["user_metadata"]["email_verified"] is True
        [identity] = user["identities"]
        assert identity["id"] == user["id"] == identity["user_id"] and identity["identity_id"] != user["id"]
        assert user["phone"] == "" and "new_email" not in user and "banned_until" not in user
        assert user["created_at"].endswith("Z")
        assert "password" not in json.dumps(user)


class TestMethodsAndPaths:
    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/signup", 405, "method_not_allowed"),
            ("DELETE", "/user", 405, "method_not_allowed"),
            ("HEAD", "/verify", 405, ""),
            ("GET", "/nothing/here", 404, "not_found"),
            ("GET", "/admin/nothing", 404, "not_found"),
            ("GET", "/admin/users/x/nothing", 404, "not_found"),
            ("GET", "/admin/users/x/factors/y/z", 404, "not_found"),
            ("POST", "/factors/x/nothing", 404, "not_found"),
            ("POST", "/factors/x/y/z", 404, "not_found"),
            ("GET", "/factors", 405, "method_not_allowed"),
            ("POST", "/factors/x", 405, "method_not_allowed"),
            ("PATCH", "/admin/users/x", 405, "method_not_allowed"),
            ("POST", "/sso", 404, "saml_provider_disabled"),
            ("POST", "/sso/saml/acs", 404, "saml_provider_disabled"),
            ("POST", "/passkeys/authentication/options", 404, "passkey_disabled"),
            ("GET", "/oauth/authorize", 404, "feature_disabled"),
            ("GET", "/admin/oauth/clients", 404, "feature_disabled"),
            ("GET", "/admin/custom-providers", 404, "feature_disabled"),
            ("GET", "/scim/v2/Users", 404, "feature_disabled"),
            ("GET", "/user/identities/authorize", 404, "manual_linking_disabled"),
            ("GET", "/authorize?provider=github", 400, "validation_failed"),
            ("POST", "/token?grant_type=web3", 422, "web3_provider_disabled"),
            ("POST", "/token?grant_type=id_token", 400, "provider_disabled"),
            ("POST", "/token?grant_type=magic", 400, "invalid_credentials"),
            ("POST", "/token", 400, "invalid_credentials"),
        ],
    )
    def test_are_refused_in_the_protocols_form(self, api: Api, method: str, path: str, status: int, code: str) -> None:
        answer = api.call(method, path, {} if method == "POST" else None)
        assert answer.status_code == status
        if method != "HEAD":
            assert answer.json()["code"] == code

    def test_phone_is_off(self, api: Api) -> None:
        body = {"phone": "+49301234567", "password": PASSWORD}
        assert api.post("/signup", body).json()["code"] == "phone_provider_disabled"
        assert api.post("/otp", body).json()["code"] == "phone_provider_disabled"
        assert api.post("/token?grant_type=password", body).json()["code"] == "phone_provider_disabled"

    def test_settings_and_health(self, api: Api) -> None:
        settings = api.get("/settings").json()
        assert settings["external"] == {"email": True, "phone": False, "anonymous_users": True}
        assert settings["mailer_autoconfirm"] is True and settings["disable_signup"] is False
        assert set(settings) >= {"phone_autoconfirm", "sms_provider", "saml_enabled", "passkeys_enabled"}
        assert api.get("/health").json()["name"] == "GoTrue"


class TestBearer:
    def test_missing_or_malformed_is_401(self, api: Api) -> None:
        for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}):
            answer = api.get("/user", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "no_authorization")

    def test_scheme_has_no_case(self, api: Api, new_email: Callable[[], str]) -> None:
        token = api.sign_up(new_email())["access_token"]
        assert api.get("/user", headers={"Authorization": f"bEARER {token}"}).status_code == 200

    def test_every_forgery_is_403(self, api: Api, new_email: Callable[[], str]) -> None:
        token = api.sign_up(new_email())["access_token"]
        claims, own_key = claims_of(token), ECKey.generate_key("P-256")
        [jwk] = api.get("/.well-known/jwks.json").json()["keys"]
        for forged in forgeries(token, claims, own_key, jwk):
            answer = api.get("/user", token=forged)
            assert (answer.status_code, answer.json()["code"]) == (403, "bad_jwt"), forged[:200]

    def test_without_the_internal_key_nothing_answers(self, api: Api) -> None:
        for path in ("/user", "/settings", "/.well-known/jwks.json", "/health"):
            assert httpx2.get(f"{api.running.base_url}/auth/v1{path}").status_code == 401
        wrong = internal_headers(key="wrong")
        assert httpx2.get(f"{api.running.base_url}/auth/v1/settings", headers=wrong).status_code == 401


def forgeries(token: str, claims: dict[str, object], own_key: ECKey, jwk: dict[str, str]) -> list[str]:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    def signed(header: dict[str, object], body: dict[str, object]) -> str:
        return jws.serialize_compact(header, json.dumps(body).encode(), own_key, algorithms=["ES256"])

    head, body, signature = token.split(".")
    mine: dict[str, object] = {"alg": "ES256", "typ": "JWT", "kid": jwk["kid"]}
    return [
        signed(mine, claims),
        signed(mine | {"kid": "../../keys"}, claims),
        signed(mine | {"kid": "' or 1=1 --"}, claims),
        signed({"alg": "ES256", "typ": "JWT"}, claims),
        signed(mine | {"jwk": own_key.as_dict(private=False)}, claims),
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}.",
        f"{part({'alg': 'none', 'typ': 'JWT', 'kid': jwk['kid']})}.{body}.{signature}",
        f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': jwk['kid']})}.{body}.{signature}",
        f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': jwk['kid']})}.{body}.{signature}",
        f"{head}.{part(claims | {'sub': '00000000-0000-4000-8000-000000000000'})}.{signature}",
        f"{head}.{body}",
        f"{head}.{body}.{signature}.x",
        f"{head}.{body}.{signature}=",
        "x" * 9000,
        "mcrm_abcdef",
        "not-a-jwt",
    ]
