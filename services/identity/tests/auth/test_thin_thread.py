"""The unmodified client signs up, signs in, refreshes and signs out."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from supabase_auth.errors import AuthApiError
from support import PASSWORD, PUBLIC_URL, Api

from crm_testkit.headers import internal_headers


class TestTheClient:
    def test_signs_up_in_and_out(self, api: Api, new_email: Callable[[], str]) -> None:
        email, client = new_email(), api.client()
        signed_up = client.sign_up({"email": email, "password": PASSWORD, "options": {"data": {"name": "Ada"}}})
        assert signed_up.session is not None
        assert signed_up.user is not None and signed_up.user.user_metadata["name"] == "Ada"
        client.sign_out()
        signed_in = client.sign_in_with_password({"email": email, "password": PASSWORD})
        assert signed_in.user is not None and signed_in.user.id == signed_up.user.id
        refreshed = client.refresh_session()
        assert refreshed.session is not None and signed_in.session is not None
        assert refreshed.session.refresh_token != signed_in.session.refresh_token
        found = client.get_user()
        assert found is not None and found.user.email == email

    def test_reads_the_error_code(self, api: Api, new_email: Callable[[], str]) -> None:
        with pytest.raises(AuthApiError) as caught:
            api.client().sign_in_with_password({"email": new_email(), "password": PASSWORD})
        assert (caught.value.code, caught.value.status) == ("invalid_credentials", 400)
        assert caught.value.message == "Invalid login credentials"

    def test_verifies_claims_with_the_key_set(self, api: Api, new_email: Callable[[], str]) -> None:
        client = api.client()
        client.sign_up({"email": new_email(), "password": PASSWORD})
        claims = client.get_claims()
        assert claims is not None and claims["claims"]["iss"] == f"{PUBLIC_URL}/auth/v1"


class TestAccessToken:
    def test_is_signed_by_a_published_key(self, api: Api, new_email: Callable[[], str]) -> None:
        token = api.sign_up(new_email())["access_token"]
        answer = api.get("/.well-known/jwks.json")
        assert answer.headers["cache-control"] == "public, max-age=600"
        [jwk] = answer.json()["keys"]
        assert set(jwk) == {"kty", "kid", "alg", "use", "key_ops", "crv", "x", "y"}
        jws.deserialize_compact(token, ECKey.import_key(jwk), algorithms=["ES256"])


class TestMembership:
    def test_first_call_makes_a_workspace_of_which_one_is_owner(self, api: Api, new_email: Callable[[], str]) -> None:
        token = api.sign_up(new_email(), name="Ada")["access_token"]
        headers = internal_headers() | {"Authorization": f"Bearer {token}"}
        first = httpx2.get(f"{api.running.base_url}/internal/membership", headers=headers)
        assert first.status_code == 200, first.text
        assert first.json()["role"] == "owner"
        assert first.json()["user"]["name"] == "Ada"
        again = httpx2.get(f"{api.running.base_url}/internal/membership", headers=headers)
        assert again.json() == first.json()
