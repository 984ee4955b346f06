"""The kit itself: what it promises to every other test."""

import json
import urllib.request

import asyncpg
import nats
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from crm_testkit import Servers, Tokens, eventually, internal_headers


async def stream_names(connection: nats.NATS) -> set[str | None]:
    return {stream.config.name for stream in await connection.jetstream().streams_info()}


class TestServers:
    async def test_postgres_sorts_and_folds_names_without_icu(self, servers: Servers) -> None:
        connection = await asyncpg.connect(servers.postgres_url)
        provider, locale = await connection.fetchrow(
            "select datlocprovider::text, datlocale from pg_database where datname = current_database()"
        )
        folded = await connection.fetchval("select lower('ÅNGSTRÖM')")
        await connection.close()
        assert (provider, locale, folded) == ("b", "PG_UNICODE_FAST", "ångström")

    async def test_a_worker_sees_nothing_of_another_at_the_broker(self, servers: Servers) -> None:
        other = servers.nats_url.replace(f"t{servers.slot}:", f"t{servers.slot + 1}:")
        mine, theirs = await nats.connect(servers.nats_url), await nats.connect(other)
        await mine.jetstream().add_stream(name="KIT", subjects=["kit.>"])
        try:
            seen = [await stream_names(connection) for connection in (mine, theirs)]
        finally:
            await mine.jetstream().delete_stream("KIT")
            await mine.close()
            await theirs.close()
        assert ["KIT" in names for names in seen] == [True, False]


class TestTokens:
    def test_a_token_verifies_against_the_served_key_set(self, tokens: Tokens) -> None:
        with urllib.request.urlopen(f"{tokens.url}/auth/v1/.well-known/jwks.json") as answer:  # noqa: S310
            served = json.load(answer)
        user = tokens.user("Ada Lovelace")
        claims = jwt.decode(user.token, KeySet.import_key_set(served), algorithms=["ES256"]).claims
        assert (claims["sub"], claims["iss"], claims["user_metadata"]["name"]) == (user.id, tokens.issuer, user.name)
        assert all("d" not in key for key in served["keys"])  # the private part

    def test_headers_carry_the_user_and_leave_out_what_is_emptied(self, tokens: Tokens) -> None:
        user = tokens.user("Zoë Ångström")
        headers = internal_headers(user, role="viewer", if_match='"3.0"', x_internal_country="")
        assert headers["X-Internal-Actor"] == "Zo%C3%AB%20%C3%85ngstr%C3%B6m"
        assert headers["If-Match"] == '"3.0"'
        assert "X-Internal-Country" not in headers


class TestEventually:
    async def test_answers_as_soon_as_it_is_so(self) -> None:
        answers = iter([[], [{"name": "a"}], [{"name": "merged"}]])
        assert await eventually(lambda: next(answers), has="merged") == [{"name": "merged"}]

    async def test_tells_what_it_saw_last(self) -> None:
        with pytest.raises(AssertionError, match=r"waited 0\.1 s for 'merged'; saw last: \['edited'\]"):
            await eventually(lambda: ["edited"], has="merged", within_s=0.1)
