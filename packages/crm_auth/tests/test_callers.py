"""Roles, callers and internal keys."""

from urllib.parse import unquote
from uuid import UUID

import pytest

from crm_auth import Admin, Caller, InternalKeys, Owner, Reader, Role, Writer


@pytest.mark.parametrize("low,high", [("viewer", "member"), ("member", "admin"), ("admin", "owner")])
def test_roles_are_ordered(low: str, high: str) -> None:
    assert Role(high).at_least(Role(low)) and Role(low).at_least(Role(low))
    assert not Role(low).at_least(Role(high))


def test_the_types_say_the_role_they_need() -> None:
    needed = {kind: kind.role_needed for kind in (Reader, Writer, Admin, Owner)}

    assert list(needed.values()) == [Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER]
    assert issubclass(Owner, Admin) and issubclass(Admin, Writer) and issubclass(Writer, Reader)


def caller(**changed: object) -> Caller:
    values: dict[str, object] = {
        "user_id": UUID(int=1),
        "workspace_id": UUID(int=2),
        "role": Role.MEMBER,
        "actor_name": "Ælfgifu, 李 & Søn",
        "session_id": UUID(int=3),
        "token": "a.b.c",
        "request_id": "r-1",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "ip": "203.0.113.7",
        "country": None,
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "scopes": None,
    }
    return Caller(**{**values, **changed})  # type: ignore[arg-type]


def test_what_is_passed_on_is_what_a_service_reads() -> None:
    headers = caller().headers()

    assert headers["Authorization"] == "Bearer a.b.c"
    assert headers["X-Internal-Role"] == "member"
    assert unquote(headers["X-Internal-Actor"]) == "Ælfgifu, 李 & Søn" and headers["X-Internal-Actor"].isascii()
    assert "X-Internal-Country" not in headers and "X-Internal-Scopes" not in headers
    assert "X-Internal-Key" not in headers
    assert caller(scopes=frozenset({"write", "read"})).headers()["X-Internal-Scopes"] == "read write"


class TestInternalKeys:
    keys = InternalKeys.parse("gateway=new_key-1,gateway=old_key,events=theirs")

    @pytest.mark.parametrize(
        "name,key,caller",
        [
            ("gateway", "new_key-1", "gateway"),
            ("gateway", "old_key", "gateway"),
            ("events", "theirs", "events"),
            ("gateway", "theirs", None),
            ("events", "old_key", None),
            ("gateway", "", None),
            ("gateway", "old_keY", None),
            ("mallory", "old_key", None),
            ("", "", None),
        ],
    )
    def test_a_key_proves_its_caller_and_nobody_else(self, name: str, key: str, caller: str | None) -> None:
        assert self.keys.caller_of(name, key) == caller

    @pytest.mark.parametrize("text", ["gateway", "gateway=", "=k", "gateway=k=secret"])
    def test_a_list_that_cannot_be_read_is_refused_without_showing_it(self, text: str) -> None:
        with pytest.raises(ValueError, match="entry 1") as refused:
            InternalKeys.parse(text)
        assert "secret" not in str(refused.value)

    def test_nobody_is_accepted_by_an_empty_list(self) -> None:
        assert InternalKeys.parse("").caller_of("gateway", "") is None
