"""The ends of a session, all off by default, and the broom behind them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest
from support import PUBLIC_URL, Api, claims_of

from crm_db import Database as Pool
from crm_testkit.databases import Database
from crm_testkit.processes import Running, Starter
from identity.sessions import Ends
from identity.sweep import sweep


@pytest.fixture(scope="module")
def ending(start_service: Starter) -> Running:
    return start_service(
        "identity",
        "serve",
        CRM_PUBLIC_URL=PUBLIC_URL,
        CRM_AUTH_SESSION_TIMEBOX_S="86400",
        CRM_AUTH_SESSION_INACTIVITY_S="3600",
        CRM_AUTH_SESSION_SINGLE="true",
        CRM_RATE_LIMITS="off",
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("created_at = now() - interval '25 hours'", "Session Expired"),
        ("refreshed_at = now() - interval '2 hours'", "Session Expired (Inactivity)"),
    ],
)
def test_time_ends_it(
    ending: Running,
    api: Api,
    new_email: Callable[[], str],
    admin_query: Callable[..., object],
    change: str,
    reason: str,
) -> None:
    there = Api.of(ending)
    session = there.sign_up(new_email())
    admin_query(f"update session set {change} where id = $1", claims_of(session["access_token"])["session_id"])
    refused = there.refresh(session["refresh_token"])
    assert (refused.status_code, refused.json()["code"]) == (400, "session_expired")
    assert refused.json()["message"] == f"Invalid Refresh Token: {reason}"
    assert api.refresh(session["refresh_token"]).status_code == 200  # where no end is set there is none


def test_a_newer_sign_in_ends_the_older(ending: Running, new_email: Callable[[], str]) -> None:
    api, email = Api.of(ending), new_email()
    older, newer = api.sign_up(email), api.sign_in(email).json()
    refused = api.refresh(older["refresh_token"])
    assert refused.json()["message"] == "Invalid Refresh Token: Session Expired (Revoked by Newer Login)"
    assert api.refresh(newer["refresh_token"]).status_code == 200


async def test_the_broom_takes_what_has_ended_and_nothing_else(
    api: Api, new_email: Callable[[], str], fresh_database: Callable[[str], Database], start_service: Starter
) -> None:
    database = fresh_database("identity")
    here = Api.of(
        start_service(
            "identity", "serve", DATABASE_URL=database.api_url, CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_ANONYMOUS="true"
        )
    )
    await asyncio.to_thread(here.sign_up, new_email())
    for _ in range(2):
        await asyncio.to_thread(here.post, "/signup", {})
    admin = await asyncpg.connect(database.admin_url)
    try:
        await admin.execute(
            """update account set created_at = now() - interval '31 days'
               where id = (select id from account where is_anonymous limit 1)"""
        )
        await admin.execute(
            """update session set created_at = now() - interval '3 days'
               where account_id = (select id from account where not is_anonymous)"""
        )
        pool = await Pool.open(database.worker_url)
        await sweep(pool, Ends())
        assert await admin.fetchval("select count(*) from account") == 2
        assert await admin.fetchval("select count(*) from session") == 2
        await sweep(pool, Ends(timebox=timedelta(days=1)))
        assert await admin.fetchval("select count(*) from session") == 1
        await pool.close()
    finally:
        await admin.close()


class TestDatabaseFaults:
    """20: connections cut at any moment. A refresh is answered, or asked to be repeated, never refused for good."""

    def test_every_token_can_be_renewed(
        self, api: Api, new_email: Callable[[], str], admin_query: Callable[..., object]
    ) -> None:
        last = [api.sign_up(new_email())["refresh_token"] for _ in range(3)]
        statuses: set[int] = set()
        stop = threading.Event()

        def renew(place: int) -> None:
            with Api.of(api.running) as own:
                while not stop.is_set():
                    answer = own.refresh(last[place])
                    statuses.add(answer.status_code)
                    if answer.status_code == 200:
                        last[place] = answer.json()["refresh_token"]

        threads = [threading.Thread(target=renew, args=(place,)) for place in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(15):
            admin_query(
                """select pg_terminate_backend(pid) from pg_stat_activity
                   where datname = current_database() and usename = 'identity_api'"""
            )
        stop.set()
        for thread in threads:
            thread.join()
        assert statuses <= {200, 503}
        assert 200 in statuses
        assert [api.refresh(token).status_code for token in last] == [200] * 3
