"""What is written into a cell comes back as it was, and people's own spellings are read."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm_resource.cells import read_cell, safe, unsafe, write_cell
from crm_resource.fields import Field, Kind
from crm_resource.values import Context, Rejected, parse_value

GERMANY = Context("DE")
text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
tricky = st.text(alphabet="ab;,\\()* '=+-@{}\"é", max_size=20)
words = text | tricky
label = st.none() | words.map(str.strip)


def child(value: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, object]]]:
    one = st.fixed_dictionaries({"value": value, "label": label, "primary": st.booleans()})
    return st.lists(one, max_size=5)


VALUES = {
    Kind.TEXT: words,
    Kind.TAGS: st.lists(words, max_size=5),
    Kind.EMAILS: child(st.sampled_from(["ada@example.org", "o'neil+x@example.org", "b@c.de"])),
    Kind.PHONES: child(st.sampled_from(["+49 30 1", "(030) 123", "030 (123)", "-5 55 *", "030;12;\\"])),
    Kind.LINKS: st.lists(
        st.fixed_dictionaries({"url": st.sampled_from(["https://a.b/(x)", "http://a.b/;y,z"]), "label": label}),
        max_size=3,
    ),
    Kind.DATE: st.dates().map(str),
    Kind.NUMBER: st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15),
    Kind.BOOLEAN: st.booleans(),
}


def stored(field: Field, value: object) -> object:
    try:
        return parse_value(field, value, GERMANY)
    except Rejected:
        assume(False)
        raise


@settings(max_examples=1250, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", VALUES)
def test_what_is_written_comes_back_for_ten_thousand_random_values(kind: Kind, data: st.DataObject) -> None:
    field = Field("x", kind, "X", max_length=200)
    value = stored(field, data.draw(VALUES[kind]))
    assume(value is not None)
    cell = write_cell(field, value)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (parse_value(field, read_cell(field, cell, "DE"), GERMANY) or type(value)()) == value


@given(words)
def test_one_apostrophe_is_put_in_front_and_exactly_one_taken_off(value: str) -> None:
    assert unsafe(safe(value)) == value


@pytest.mark.parametrize("name", ["'t Hooft", "O'Neil", "'quoted'"])
def test_a_name_that_begins_with_an_apostrophe_keeps_it(name: str) -> None:
    assert unsafe(name) == name == safe(name)


@pytest.mark.parametrize(
    ("kind", "cell", "country", "value"),
    [
        (Kind.DATE, "24.12.1990", "DE", "1990-12-24"),
        (Kind.DATE, "3/4/1990", "US", "1990-03-04"),
        (Kind.DATE, "3/4/1990", "GB", "1990-04-03"),
        (Kind.DATE, "soon", "DE", "soon"),
        (Kind.BOOLEAN, "Yes", None, True),
        (Kind.NUMBER, "12.5", None, 12.5),
        (Kind.TAGS, "vip, customer; vip 2", None, ["vip", "customer", "vip 2"]),
        (
            Kind.EMAILS,
            "a@b.de, c@d.de (home)",
            None,
            [{"value": "a@b.de", "label": None}, {"value": "c@d.de", "label": "home"}],
        ),
    ],
)
def test_people_s_own_spellings_are_read(kind: Kind, cell: str, country: str | None, value: object) -> None:
    assert read_cell(Field("x", kind, "X"), cell, country) == value
