"""Which field a column of somebody's file means."""

from __future__ import annotations

import pytest

from crm_resource import Field, FieldTable, Kind
from crm_resource.names import guess

TABLE = FieldTable(
    "person",
    (
        Field("id", Kind.ID, "Id", read_only=True),
        Field("first_name", Kind.TEXT, "First name", import_names=("vorname", "given name")),
        Field("emails", Kind.EMAILS, "E-mails", import_names=("email", "email address")),
        Field("phones", Kind.PHONES, "Phones", import_names=("phone",)),
        Field(
            "address",
            Kind.OBJECT,
            "Address",
            members=(Field("postal_code", Kind.TEXT, "Postal code", import_names=("zip",)),),
        ),
    ),
)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("First Name", "first_name"),
        ("firstName", "first_name"),
        ("VORNAME", "first_name"),
        ("E-Mail Address", "emails"),
        ("email", "emails"),
        ("phone1", "phones"),
        ("Phone 2 - Value", "phones"),
        ("Zip", "address.postal_code"),
        ("postal_code", "address.postal_code"),
        ("Organisation", "company"),
        ("id", None),
        ("shoe size", None),
        ("", None),
    ],
)
def test_column(column: str, field: str | None) -> None:
    [found] = guess(TABLE, [column], {"company": ("organisation",)})
    assert found.field == field
    assert (found.confidence > 0.8) is (field is not None)


def test_a_likeness_is_less_sure_than_a_name() -> None:
    sure, alike = guess(TABLE, ["given name", "givn name"])
    assert (sure.field, alike.field) == ("first_name", "first_name")
    assert alike.confidence < sure.confidence == 1
