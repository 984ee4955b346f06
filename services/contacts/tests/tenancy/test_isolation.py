"""T1 to T5, K1, I2: nobody sees, changes or guesses another workspace's rows; nothing is answered without a key."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx2
import pytest
from conftest import Api

from crm_db import Database
from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running

OPENAPI = json.loads(
    subprocess.run([sys.executable, "-m", "contacts", "openapi"], check=True, capture_output=True).stdout
)
OPERATIONS = [(method.upper(), path) for path, methods in OPENAPI["paths"].items() for method in methods]
WITH_ID = [(method, path) for method, path in OPERATIONS if "{" in path]


@pytest.fixture
def theirs(other: Api) -> dict[str, str]:
    """One of each thing that has an id, in another workspace."""
    person = other.post("/contacts", {"first_name": "Secret", "tags": ["t"]})
    return {
        "contact_id": person.json()["id"],
        "company_id": other.company()["id"],
        "tag_id": other.get("/tags").json()["items"][0]["id"],
        "field_id": other.post("/fields", {"label": "X", "type": "text"}).json()["id"],
        "view_id": other.post("/views", {"name": "V", "shared": True}).json()["id"],
        "favourite_id": other.post("/favourites", {"kind": "contact", "record_id": person.json()["id"]}).json()["id"],
        "operation_id": person.headers["X-Operation-Id"],
    }


def body_for(method: str, path: str) -> Any:
    if method not in ("POST", "PATCH"):
        return None
    return {"position": 1} if "favourite" in path else {}


class TestForeignIds:
    """T1"""

    @pytest.mark.parametrize(("method", "path"), WITH_ID)
    def test_answer_as_made_up_ones_do(
        self, api: Api, other: Api, theirs: dict[str, str], method: str, path: str
    ) -> None:
        name = path.split("{")[1].split("}")[0]
        if name not in theirs:
            pytest.skip("covered where the feature is")
        place = path.removeprefix("/api/v1")
        before = snapshot(other, theirs)
        for params in (None, {"purge": "true"}) if method == "DELETE" else (None,):
            foreign = api.send(
                method, place.replace(f"{{{name}}}", theirs[name]), body_for(method, path), params=params
            )
            made_up = api.send(
                method, place.replace(f"{{{name}}}", str(uuid.uuid4())), body_for(method, path), params=params
            )
            assert foreign.status_code == made_up.status_code == 404, foreign.text
            assert shape(foreign) == shape(made_up)
        assert snapshot(other, theirs) == before

    def test_in_a_body_are_refused_with_a_pointer(self, api: Api, theirs: dict[str, str]) -> None:
        person = api.person()
        for answer in (
            api.post("/contacts", {"first_name": "A", "company_id": theirs["company_id"]}),
            api.patch(f"/contacts/{person['id']}", {"company_id": theirs["company_id"]}),
        ):
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/company_id")

    def test_the_other_workspace_itself_would_see_them(self, other: Api, theirs: dict[str, str]) -> None:
        assert other.get(f"/contacts/{theirs['contact_id']}").status_code == 200


def shape(answer: httpx2.Response) -> tuple[Any, Any]:
    """Body and headers without what differs between any two requests."""
    body = {key: value for key, value in answer.json().items() if key != "request_id"}
    return body, sorted(name for name in answer.headers if name != "date")


def snapshot(api: Api, ids: dict[str, str]) -> Any:
    lists = ("/contacts", "/companies", "/tags", "/fields", "/views", "/favourites", "/operations")
    return [api.get(path).json() for path in lists] + [api.get(f"/contacts/{ids['contact_id']}").json()]


class TestValuesOfAnotherWorkspace:
    """T5"""

    def test_tag_key_and_cursor_mean_nothing_here(self, api: Api, other: Api) -> None:
        for n in range(2):
            other.post("/contacts", {"first_name": f"Secret{n}"}, idempotency_key=f"k{n}")
            api.person(first_name=f"Mine{n}")
        listed = other.get("/contacts", {"limit": 1})
        assert api.get("/contacts", {"limit": 1}, if_none_match=listed.headers["ETag"]).status_code == 200
        assert api.get("/contacts", {"limit": 1, "cursor": listed.json()["next_cursor"]}).status_code == 400
        mine = api.post("/contacts", {"first_name": "Secret0"}, idempotency_key="k0").json()
        assert mine["id"] not in {item["id"] for item in other.get("/contacts").json()["items"]}
        assert set(api.names({})) == {"Mine0", "Mine1", "Secret0"}


class TestParallelChanges:
    """I2"""

    def test_of_one_version_have_one_winner(self, api: Api) -> None:
        person = api.person()
        with ThreadPoolExecutor(25) as pool:
            answers = list(
                pool.map(
                    lambda n: api.patch(f"/contacts/{person['id']}", {"title": f"T{n}"}, if_match='"1.0"').status_code,
                    range(50),
                )
            )
        assert sorted(answers) == [200, *[412] * 49]
        assert api.get(f"/contacts/{person['id']}").json()["version"] == 2
        assert len(api.get(f"/contacts/{person['id']}/history").json()["items"]) == 2

    def test_creations_of_one_key_make_one_row(self, api: Api) -> None:
        with ThreadPoolExecutor(25) as pool:
            answers = list(
                pool.map(lambda _: api.post("/contacts", {"first_name": "A"}, idempotency_key="one"), range(50))
            )
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
        assert api.names({}) == ["A"]


class TestInternalKey:
    """K1"""

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_without_it_nothing_is_answered(self, api: Api, contacts: Running, method: str, path: str) -> None:
        good = internal_headers(api.user)
        for headers in (
            {name: value for name, value in good.items() if name != "X-Internal-Key"},
            good | {"X-Internal-Key": ""},
            good | {"X-Internal-Key": "wrong"},
            good | {"X-Internal-Caller": "events"},
        ):
            answer = httpx2.request(method, contacts.base_url + path.replace("{", "").replace("}", ""), headers=headers)
            assert answer.status_code == 401


TENANTED = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where a.attname = 'workspace_id' and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not a.attisdropped
"""


class TestDatabase:
    """T3, T4: the second lock holds without the first."""

    async def test_every_tenanted_table_has_forced_row_level_security(self, database: Any, contacts: Running) -> None:
        owner = await asyncpg.connect(database("contacts").owner_url)
        tables = {row["relname"] for row in await owner.fetch(TENANTED)}
        secured = {
            row["relname"]
            for row in await owner.fetch("select relname from pg_class where relrowsecurity and relforcerowsecurity")
        }
        roles = await owner.fetch(
            "select rolname from pg_roles where rolname like 'contacts%' and (rolsuper or rolbypassrls)"
        )
        await owner.close()
        assert {"contact", "company", "tag", "contact_tag", "contact_key", "search_word", "change", "job"} <= tables
        assert tables - secured == set()
        assert roles == []

    async def test_without_a_workspace_there_is_no_row_and_no_insert_elsewhere(self, api: Api, database: Any) -> None:
        api.person(tags=["t"], first_name="A")
        role = await asyncpg.connect(database("contacts").api_url)
        for table in ("contact", "tag", "contact_tag", "contact_key", "change", "operation", "idempotency"):
            assert await role.fetchval(f"select count(*) from {table}") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute(
                "insert into tag (workspace_id, id, created_by, name, name_key) values ($1, $1, $1, 'x', 'x')",
                uuid.uuid4(),
            )
        for table in ("search_word", "search_vocabulary", "search_new_word"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.fetch(f"select 1 from {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute("update change set after = '{}'")
        await role.close()

    async def test_security_definer_functions_are_these_and_take_the_workspace_from_the_transaction(
        self, api: Api, database: Any
    ) -> None:
        api.person(first_name="Ada")
        role = await asyncpg.connect(database("contacts").api_url)
        names = {
            row["proname"]
            for row in await role.fetch(
                "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
            )
        }
        assert names == {
            "erase_record", "erase_traces", "search_find", "search_forget", "search_learn", "search_put",
        }  # fmt: skip
        find = "select count(*) from search_find($1, 'contact', 'ada', 10)"
        mine = uuid.UUID(api.user.workspace_id)
        assert await role.fetchval(find, mine) == 0, "the argument alone opens nothing"
        async with role.transaction():
            await role.execute("select enter($1)", uuid.uuid4())
            assert await role.fetchval(find, mine) == 0
            await role.execute(
                "select search_put('contact', array[$1::uuid], array['Eve'], array[''], true)", uuid.uuid4()
            )
        async with role.transaction():
            await role.execute("select enter($1)", mine)
            assert await role.fetchval(find, mine) == 1
            assert await role.fetchval(find.replace("ada", "eve"), mine) == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute("select search_learn()")
        await role.close()

    async def test_two_workspaces_on_a_small_pool_never_see_each_other(
        self, api: Api, other: Api, database: Any
    ) -> None:
        for who, name in ((api, "Mine"), (other, "Theirs")):
            for _ in range(5):
                who.person(first_name=name)
        db = await Database.open(database("contacts").api_url, max_size=2)
        sql = (
            "select r.* from enter($1) e(w), lateral (select name from contact t where t.workspace_id = e.w offset 0) r"
        )

        async def read(who: Api, name: str, number: int) -> None:
            workspace = uuid.UUID(who.user.workspace_id)
            try:
                async with asyncio.timeout(0.0005 if number % 7 == 0 else 10):
                    rows = await db.read(workspace, sql if number % 5 else sql.replace("name", "nope"))
                    assert {row["name"] for row in rows} == {name}
            except (TimeoutError, asyncpg.UndefinedColumnError):
                pass

        for start in range(0, 200, 20):
            await asyncio.gather(
                *(read(*who, n) for n in range(start, start + 20) for who in ((api, "Mine"), (other, "Theirs")))
            )
        async with db.transaction(None) as tx:
            assert not await tx.fetchval("select current_setting('app.workspace_id', true)")
            assert await tx.fetchval("select count(*) from contact") == 0
        await db.close()
