"""Moving in: a file goes up, is looked at, checked, run, mended, undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import Api

from crm_testkit import eventually
from crm_testkit.blocking import run
from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running

US_500 = Path(__file__).parents[4] / "tests" / "data" / "us-500.csv"
TWO = b"first_name,last_name,email\nAda,Lovelace,ada@example.org\nAlan,Turing,alan@example.org\n"


def upload(api: Api, content: bytes, name: str = "people.csv", **headers: str) -> httpx2.Response:
    sent = internal_headers(api.user, role=api.role, **headers)
    return api.http.post("/api/v1/imports", files={"file": (name, content, "text/csv")}, headers=sent)


def uploaded(api: Api, content: bytes, **settings: Any) -> str:
    answer = upload(api, content)
    assert answer.status_code == 201, answer.text
    import_id = str(answer.json()["id"])
    if settings:
        assert api.patch(f"/imports/{import_id}", settings).status_code == 200
    return import_id


def when(api: Api, import_id: str, status: str, *, within_s: float = 30) -> dict[str, Any]:
    def state() -> dict[str, Any]:
        return dict(api.get(f"/imports/{import_id}").json())

    return run(eventually(lambda: (found := state())["status"] == status and found, within_s=within_s))  # type: ignore[return-value]


def checked(api: Api, import_id: str) -> dict[str, Any]:
    assert api.post(f"/imports/{import_id}/check").status_code == 202
    return when(api, import_id, "checked")


def ran(api: Api, import_id: str) -> dict[str, Any]:
    assert api.post(f"/imports/{import_id}/run").status_code == 202
    return when(api, import_id, "done")


def rows(api: Api, import_id: str, **params: Any) -> list[dict[str, Any]]:
    return list(api.get(f"/imports/{import_id}/rows", params).json()["items"])


class TestUpload:
    def test_a_real_file_is_guessed(self, api: Api) -> None:
        answer = upload(api, US_500.read_bytes(), "us-500.csv").json()
        assert answer["status"] == "uploaded"
        assert answer["rows"] == 500
        assert answer["mapping"] == {
            "first_name": "first_name",
            "last_name": "last_name",
            "company_name": "company",
            "address": "address.street",
            "city": "address.city",
            "county": None,
            "state": "address.region",
            "zip": "address.postal_code",
            "phone1": "phones",
            "phone2": "phones",
            "email": "emails",
            "web": "links",
        }
        first = answer["columns"][0]
        assert first == {
            "name": "first_name",
            "samples": ["James", "Josephine", "Art"],
            "guess": "first_name",
            "confidence": 1,
        }

    @pytest.mark.parametrize(
        ("content", "status", "code", "row"),
        [
            (b'a,b\n1,2\n"3,4\n5,6\n', 422, "unclosed_quote", 3),
            ("a,b\né,1\n".encode("cp1252") + "ü,2\n".encode(), 422, "mixed_encodings", 3),
            (b"a,b\n1,2,3\n", 422, "too_many_cells", 2),
            (b"a,b\n1,\0\n", 422, "nul_character", 2),
            (b"", 422, "empty_file", None),
            (b"a,b\n", 422, "empty_file", None),
            (b"PK\x03\x04 a workbook", 415, "not_csv", None),
            (b"\x1f\x8b a gzip", 415, "not_csv", None),
            (b"a\n" + b"x" * 70_000 + b"\n", 422, "cell_too_long", 2),
            (b"a\n" + b"x," * 600_000 + b"\n", 422, "row_too_long", 2),
            (b"a\nb\n" + b'"x\n",' * 300_000, 422, "row_too_long", 3),
            (",".join(f"c{n}" for n in range(201)).encode() + b"\n", 422, "too_many_columns", 1),
            (b"a\n" + b"x\n" * 100_001, 413, "too_many_rows", None),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_row(
        self, api: Api, content: bytes, status: int, code: str, row: int | None
    ) -> None:
        answer = upload(api, content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        if row is not None:
            assert answer.json()["errors"][0]["pointer"] == f"/file/rows/{row}"
            assert str(row) in answer.json()["detail"]
        assert api.get("/imports").json()["items"] == []

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_encodings_delimiters_and_line_ends_are_told_apart(
        self, api: Api, encoding: str, delimiter: str, line_end: str
    ) -> None:
        lines = [["first_name", "description"], ["Zoë", f'"two{line_end}lines{delimiter}one cell"']]
        text = line_end.join(delimiter.join(cells) for cells in lines)
        found = rows(api, uploaded(api, text.encode(encoding)))
        assert found[0]["cells"] == ["Zoë", f"two{line_end}lines{delimiter}one cell"]

    def test_the_same_key_and_file_answer_as_the_first_time(self, api: Api) -> None:
        first = upload(api, TWO, **{"Idempotency-Key": "k"})
        again = upload(api, TWO, **{"Idempotency-Key": "k"})
        other = upload(api, TWO + b"Grace,Hopper,\n", **{"Idempotency-Key": "k"})
        assert again.json()["id"] == first.json()["id"]
        assert other.status_code == 422

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201)])
    def test_who_may(self, api: Api, role: str, status: int) -> None:
        assert upload(api.a(role), TWO).status_code == status


class TestConfigure:
    @pytest.mark.parametrize(
        ("patch", "pointer"),
        [
            ({"mapping": {"nickname": "title"}}, "/mapping/nickname"),
            ({"mapping": {"email": "planet"}}, "/mapping/email"),
            ({"mapping": {"first_name": "title", "last_name": "title"}}, "/mapping/last_name"),
            ({"match_by": "shoe_size"}, "/match_by"),
            ({"rows": 3}, "/rows"),
        ],
    )
    def test_a_wrong_setting_is_refused_with_a_pointer(self, api: Api, patch: Any, pointer: str) -> None:
        import_id = uploaded(api, TWO)
        before = api.get(f"/imports/{import_id}").json()
        answer = api.patch(f"/imports/{import_id}", patch)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert api.get(f"/imports/{import_id}").json() == before

    def test_a_mapping_is_replaced_whole(self, api: Api) -> None:
        import_id = uploaded(api, TWO)
        answer = api.patch(f"/imports/{import_id}", {"mapping": {"email": "emails"}})
        assert answer.json()["mapping"] == {"first_name": None, "last_name": None, "email": "emails"}

    def test_another_workspace_s_import_is_not_there(self, api: Api, other: Api) -> None:
        import_id = uploaded(api, TWO)
        for answer in (
            other.get(f"/imports/{import_id}"),
            other.get(f"/imports/{import_id}/rows"),
            other.get(f"/imports/{import_id}/errors.csv"),
            other.patch(f"/imports/{import_id}", {"tags": []}),
            other.patch(f"/imports/{import_id}/rows/2", {"cells": {}}),
            other.post(f"/imports/{import_id}/check"),
            other.post(f"/imports/{import_id}/run"),
        ):
            assert answer.status_code == 404
        assert api.get(f"/imports/{import_id}").json()["status"] == "uploaded"


@pytest.mark.usefixtures("worker")
class TestCheck:
    def test_says_what_each_row_would_do_and_writes_nothing(self, api: Api) -> None:
        ada = api.person(first_name="Ada", emails=[{"value": "ADA@example.org"}])
        same = api.person(first_name="Same", emails=[{"value": "same@example.org"}])
        for _ in range(2):
            api.person(first_name="Twin", emails=[{"value": "twin@example.org"}])
        content = (
            b"first_name,last_name,email,title\n"
            b"Ada,Lovelace,ada@example.org,Countess\n"  # 2 update
            b"Same,,same@example.org,\n"  # 3 skip
            b"New,Person,new@example.org,\n"  # 4 create
            b"New,Again,NEW@example.org,\n"  # 5 conflict: row 4
            b"Twin,,twin@example.org,\n"  # 6 conflict: two people
            b"Bad,,not an address,\n"  # 7 invalid
            b",,,Nobody\n"  # 8 invalid
        )
        import_id = uploaded(api, content)
        state = checked(api, import_id)
        assert state["totals"] == {"create": 1, "update": 1, "skip": 1, "conflict": 2, "invalid": 2}
        assert state["progress"] == {"done": 7, "total": 7}
        found = {row["row"]: row for row in rows(api, import_id)}
        assert [found[n]["outcome"] for n in range(2, 9)] == [
            "update", "skip", "create", "conflict", "conflict", "invalid", "invalid",
        ]  # fmt: skip
        assert found[2]["contact_id"] == ada["id"]
        assert found[2]["changes"] == [
            {"field": "last_name", "from": None, "to": "Lovelace"},
            {"field": "title", "from": None, "to": "Countess"},
        ]
        assert found[3]["contact_id"] == same["id"]
        assert {"field": "first_name", "from": None, "to": "New"} in found[4]["changes"]
        assert "Row 4" in found[5]["errors"][0]["reason"]
        assert found[6]["errors"][0]["code"] == "ambiguous_match"
        assert (found[7]["errors"][0]["column"], found[7]["errors"][0]["code"]) == ("email", "invalid_email")
        assert [row["row"] for row in rows(api, import_id, outcome="conflict")] == [5, 6]
        assert len(api.names({})) == 4

    def test_rows_are_paged_in_the_file_s_order(self, api: Api) -> None:
        import_id = uploaded(api, US_500.read_bytes())
        numbers, after = [], None
        while True:
            page = api.get(f"/imports/{import_id}/rows", {"limit": 200} | ({"cursor": after} if after else {})).json()
            numbers += [row["row"] for row in page["items"]]
            after = page["next_cursor"]
            if after is None:
                break
        assert numbers == list(range(2, 502))

    def test_a_mended_cell_is_planned_anew(self, api: Api) -> None:
        import_id = uploaded(api, b"first_name,email\nAda,wrong\nAlan,alan@example.org\n")
        assert checked(api, import_id)["totals"]["invalid"] == 1
        answer = api.patch(f"/imports/{import_id}/rows/2", {"cells": {"email": "ada@example.org"}})
        assert (answer.status_code, answer.json()["outcome"]) == (200, "create")
        state = api.get(f"/imports/{import_id}").json()
        assert (state["totals"]["invalid"], state["totals"]["create"]) == (0, 2)
        assert ran(api, import_id)["totals"]["created"] == 2


@pytest.mark.usefixtures("worker")
class TestRun:
    def test_a_real_file_goes_in_with_companies_history_and_operation(self, api: Api) -> None:
        import_id = uploaded(api, US_500.read_bytes(), tags=["us-500"])
        state = ran(api, import_id)
        assert state["totals"] == {"created": 500, "updated": 0, "skipped": 0, "failed": 0}
        found = api.get("/contacts", {"q": "josephine darakjy"}).json()["items"][0]
        assert found["address"]["city"] == "Brighton"
        assert found["company_name"] == "Chanay, Jeffrey A Esq"
        assert found["tags"] == ["us-500"]
        assert [phone["value"] for phone in found["phones"]] == ["810-292-9388", "810-374-9840"]
        history = api.get(f"/contacts/{found['id']}/history").json()["items"]
        assert [item["verb"] for item in history] == ["contact.created"]
        assert history[0]["operation_id"] == state["operation_id"]

    def test_the_same_file_again_changes_nothing(self, api: Api) -> None:
        ran(api, uploaded(api, US_500.read_bytes()))
        again = ran(api, uploaded(api, US_500.read_bytes()))
        assert again["totals"] == {"created": 0, "updated": 0, "skipped": 500, "failed": 0}

    def test_lists_grow_and_empty_cells_change_nothing(self, api: Api) -> None:
        ada = api.person(
            first_name="Ada", title="Countess", emails=[{"value": "ada@example.org"}], tags=["poet"],
            address={"city": "London"},
        )  # fmt: skip
        content = b"email,other email,title,tags,city,country\nada@example.org,ada@home.example,,mathematician,,GB\n"
        import_id = uploaded(api, content, mapping={
            "email": "emails", "other email": "emails", "title": "title", "tags": "tags", "city": "address.city",
            "country": "address.country",
        })  # fmt: skip
        assert ran(api, import_id)["totals"]["updated"] == 1
        after = api.get(f"/contacts/{ada['id']}").json()
        assert [each["value"] for each in after["emails"]] == ["ada@example.org", "ada@home.example"]
        assert [each["primary"] for each in after["emails"]] == [True, False]
        assert after["title"] == "Countess"
        assert after["tags"] == ["poet", "mathematician"]
        assert after["address"] == {"city": "London", "country": "GB"}

    @pytest.mark.parametrize(
        ("on_match", "totals"), [("update", (0, 1, 0)), ("skip", (0, 0, 1)), ("create", (1, 0, 0))]
    )
    def test_what_happens_on_a_match_is_chosen(self, api: Api, on_match: str, totals: tuple[int, int, int]) -> None:
        api.person(emails=[{"value": "ada@example.org"}])
        import_id = uploaded(api, b"first_name,email\nAda,ada@example.org\n", on_match=on_match)
        found = ran(api, import_id)["totals"]
        assert (found["created"], found["updated"], found["skipped"]) == totals

    @pytest.mark.parametrize(
        ("match_by", "content"),
        [
            ("phone", b"first_name,phone\nAda,+49 (30) 90-1820\n"),
            ("name_company", b"first_name,last_name,company\nADA,Lovel\xc3\xa0ce,analytical engines\n"),
        ],
    )
    def test_people_are_found_by_number_and_by_name(self, api: Api, match_by: str, content: bytes) -> None:
        company = api.company(name="Analytical Engines")
        api.person(first_name="Ada", last_name="Lovelace", phones=[{"value": "030 901820"}], company_id=company["id"])
        import_id = uploaded(api, content, match_by=match_by)
        assert checked(api, import_id)["totals"]["create"] == 0

    def test_failed_rows_come_back_as_a_file_that_can_be_mended(self, api: Api) -> None:
        content = b"first_name,email,note\nAda,wrong,=1+1\nAlan,alan@example.org,\n"
        import_id = uploaded(api, content)
        assert ran(api, import_id)["totals"] == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
        text = api.get(f"/imports/{import_id}/errors.csv").text
        table = list(csv.reader(io.StringIO(text)))
        assert table[0] == ["row", "column", "code", "reason", "first_name", "email", "note"]
        assert table[1][:3] == ["2", "email", "invalid_email"]
        assert table[1][4:] == ["Ada", "wrong", "'=1+1"]
        again = uploaded(api, text.replace("wrong", "ada@example.org").encode())
        assert ran(api, again)["totals"]["created"] == 1
        assert api.get("/contacts", {"q": "ada"}).json()["items"][0]["description"] == "=1+1"

    def test_without_failures_the_file_is_its_header(self, api: Api) -> None:
        import_id = uploaded(api, TWO)
        ran(api, import_id)
        assert (
            api.get(f"/imports/{import_id}/errors.csv").text == "row,column,code,reason,first_name,last_name,email\r\n"
        )

    def test_who_is_erased_is_in_no_row_of_the_file_any_more(self, api: Api) -> None:
        import_id = uploaded(api, TWO)
        ran(api, import_id)
        ada = api.get("/contacts", {"q": "ada"}).json()["items"][0]
        assert api.delete(f"/contacts/{ada['id']}", {"purge": "true"}).status_code == 204
        found = rows(api, import_id)
        assert [row["cells"] for row in found] == [["", "", ""], ["Alan", "Turing", "alan@example.org"]]
        assert [row["outcome"] for row in found] == ["create", "create"]

    def test_a_second_run_is_refused(self, api: Api) -> None:
        import_id = uploaded(api, TWO)
        ran(api, import_id)
        assert api.post(f"/imports/{import_id}/run").status_code == 409
        assert api.post(f"/imports/{import_id}/check").status_code == 409
        assert api.patch(f"/imports/{import_id}", {"tags": ["late"]}).status_code == 409
        assert len(api.names({})) == 2


class TestCrash:
    def test_a_worker_killed_halfway_is_followed_by_one_that_goes_on(
        self, api: Api, start_service: Callable[..., Running], identity: Any
    ) -> None:
        lines = "".join(f"Person {n},p{n}@example.org\n" for n in range(6_000))
        import_id = uploaded(api, ("first_name,email\n" + lines).encode())
        doomed = start_service("contacts", "work", CRM_IDENTITY_URL=identity.url)
        assert api.post(f"/imports/{import_id}/run").status_code == 202
        run(eventually(lambda: api.get(f"/imports/{import_id}").json()["progress"]["done"] > 0, within_s=30))
        doomed.kill()
        before = api.get(f"/imports/{import_id}").json()
        assert before["status"] == "running", "the control: it was killed before its end"
        start_service("contacts", "work", CRM_IDENTITY_URL=identity.url)
        state = when(api, import_id, "done", within_s=60)
        assert state["totals"] == {"created": 6_000, "updated": 0, "skipped": 0, "failed": 0}
        assert api.get("/contacts", {"count": "exact", "limit": 1}).json()["total"] == 6_000
