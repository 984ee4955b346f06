"""Refresh with rotation and reuse detection: the table of auth-protocol 5.3, and J7."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest
from support import PUBLIC_URL, Api, claims_of

from crm_testkit.databases import Database
from crm_testkit.processes import Running, Starter


@pytest.fixture(scope="module")
def hasty(start_service: Starter) -> Running:
    """A reuse interval of nothing: what is old is old at once."""
    return start_service(
        "identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_REFRESH_REUSE_INTERVAL_S="0", CRM_RATE_LIMITS="off"
    )


@pytest.fixture
def strictest(hasty: Running) -> Api:
    return Api.of(hasty)


def chain(api: Api, email: str, length: int) -> list[dict[str, Any]]:
    """A sign-in and `length` refreshes after it."""
    sessions = [api.sign_up(email)]
    for _ in range(length):
        sessions.append(api.refresh(sessions[-1]["refresh_token"]).json())
    return sessions


class TestRotation:
    def test_current_token_gives_a_new_pair(self, api: Api, new_email: Callable[[], str]) -> None:
        first, second = chain(api, new_email(), 1)
        assert second["refresh_token"] != first["refresh_token"]
        before, after = claims_of(first["access_token"]), claims_of(second["access_token"])
        assert (before["session_id"], before["sub"], before["amr"]) == (after["session_id"], after["sub"], after["amr"])
        assert before["jti"] != after["jti"]

    def test_the_one_before_gives_the_current_again(self, strictest: Api, new_email: Callable[[], str]) -> None:
        first, second = chain(strictest, new_email(), 1)
        for _ in range(3):
            again = strictest.refresh(first["refresh_token"])
            assert again.status_code == 200
            assert again.json()["refresh_token"] == second["refresh_token"]

    def test_an_older_one_within_the_interval_is_a_slow_tab(self, api: Api, new_email: Callable[[], str]) -> None:
        first, _, third = chain(api, new_email(), 2)
        again = api.refresh(first["refresh_token"])
        assert again.status_code == 200
        assert again.json()["refresh_token"] == third["refresh_token"]

    def test_fifty_at_once_all_succeed_with_one_new_token(self, api: Api, new_email: Callable[[], str]) -> None:
        token = api.sign_up(new_email())["refresh_token"]
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: api.refresh(token), range(50)))
        assert {answer.status_code for answer in answers} == {200}
        new_tokens = {answer.json()["refresh_token"] for answer in answers}
        assert len(new_tokens) == 1 and token not in new_tokens


class TestReuse:
    def test_an_older_one_later_ends_the_session_for_thief_and_victim(
        self, strictest: Api, new_email: Callable[[], str]
    ) -> None:
        first, _, third = chain(strictest, new_email(), 2)
        stolen = strictest.refresh(first["refresh_token"])
        assert stolen.status_code == 400
        assert stolen.json() == {
            "code": "refresh_token_already_used",
            "message": "Invalid Refresh Token: Already Used",
        }
        victim = strictest.refresh(third["refresh_token"])
        assert (victim.status_code, victim.json()["code"]) == (400, "refresh_token_not_found")
        live_token = strictest.get("/user", token=third["access_token"])
        assert (live_token.status_code, live_token.json()["code"]) == (403, "session_not_found")

    async def test_it_is_audited_and_stated_as_a_fact(
        self, strictest: Api, new_email: Callable[[], str], database: Callable[[str], Database]
    ) -> None:
        first, _, third = chain(strictest, new_email(), 2)
        session_id = claims_of(third["access_token"])["session_id"]
        strictest.refresh(first["refresh_token"])
        admin = await asyncpg.connect(database("identity").admin_url)
        try:
            noted = await admin.fetchval(
                "select detail::text from audit where action = 'session.reused' and session_id = $1", session_id
            )
            stated = await admin.fetchval(
                "select count(*) from outbox where type = 'session.ended' and body->>'subject' = $1", session_id
            )
        finally:
            await admin.close()
        assert '"attack": true' in noted
        assert stated == 1

    def test_parallel_reuse_ends_it_once_and_nobody_gets_in(self, strictest: Api, new_email: Callable[[], str]) -> None:
        first, *_ = chain(strictest, new_email(), 3)
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: strictest.refresh(first["refresh_token"]), range(20)))
        codes = [answer.json()["code"] for answer in answers]
        assert codes.count("refresh_token_already_used") == 1
        assert codes.count("refresh_token_not_found") == 19


class TestRefusals:
    @pytest.mark.parametrize("junk", ["abc", "v1.abc.def", "A" * 60, "../../etc"])
    def test_malformed(self, api: Api, junk: str) -> None:
        answer = api.refresh(junk)
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")
        assert answer.json()["message"] == "Refresh token is not valid"

    def test_another_sessions_counter_and_signature(self, api: Api, new_email: Callable[[], str]) -> None:
        mine, theirs = api.sign_up(new_email()), api.sign_up(new_email())
        forged = spliced(mine["refresh_token"], theirs["refresh_token"])
        answer = api.refresh(forged)
        assert (answer.status_code, answer.json()["code"]) == (400, "refresh_token_not_found")
        assert api.refresh(theirs["refresh_token"]).status_code == 200

    def test_after_sign_out(self, api: Api, new_email: Callable[[], str]) -> None:
        session = api.sign_up(new_email())
        assert api.post("/logout", token=session["access_token"]).status_code == 204
        answer = api.refresh(session["refresh_token"])
        assert (answer.status_code, answer.json()["code"]) == (400, "refresh_token_not_found")


class TestRestoredDatabase:
    async def test_a_genuine_token_ahead_of_the_counter_is_taken(
        self, api: Api, new_email: Callable[[], str], database: Callable[[str], Database]
    ) -> None:
        sessions = chain(api, new_email(), 3)
        session_id = claims_of(sessions[-1]["access_token"])["session_id"]
        admin = await asyncpg.connect(database("identity").admin_url)
        try:
            await admin.execute("update session set refresh_counter = 1 where id = $1", session_id)
            answer = await asyncio.to_thread(api.refresh, sessions[-1]["refresh_token"])
            assert answer.status_code == 200
            assert await admin.fetchval("select refresh_counter from session where id = $1", session_id) == 4
        finally:
            await admin.close()


class TestLockedSession:
    async def test_waits_for_others_then_says_busy_with_503(
        self, api: Api, new_email: Callable[[], str], database: Callable[[str], Database]
    ) -> None:
        session = api.sign_up(new_email())
        admin = await asyncpg.connect(database("identity").admin_url)
        try:
            async with admin.transaction():
                await admin.execute(
                    "select from session where id = $1 for update", claims_of(session["access_token"])["session_id"]
                )
                refused = await asyncio.to_thread(api.refresh, session["refresh_token"])
        finally:
            await admin.close()
        # never a 4xx: auth-js would sign the user out
        assert (refused.status_code, refused.json()["code"]) == (503, "request_timeout")
        assert api.refresh(session["refresh_token"]).status_code == 200


def spliced(mine: str, theirs: str) -> str:
    """Their session id in my token, with a good checksum."""

    raw = [base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) for token in (mine, theirs)]
    unchecked = raw[0][:1] + raw[1][1:17] + raw[0][17:-4]
    return base64.urlsafe_b64encode(unchecked + hashlib.sha256(unchecked).digest()[:4]).rstrip(b"=").decode()


class TestAbuse:
    def test_one_session_that_refreshes_without_end_has_to_wait(
        self, start_service: Starter, new_email: Callable[[], str]
    ) -> None:
        api = Api.of(start_service("identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_REFRESHES_PER_5_MIN="5"))
        abuser, neighbour = api.sign_up(new_email()), api.sign_up(new_email())
        answers = [api.refresh(abuser["refresh_token"]) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].json()["code"] == "over_request_rate_limit" and int(answers[-1].headers["retry-after"]) >= 1
        assert api.refresh(neighbour["refresh_token"]).status_code == 200
