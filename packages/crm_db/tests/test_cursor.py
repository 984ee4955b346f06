import pytest

from crm_db import BadCursor, cursor

SECRET = "0" * 64
VALUES = ["Ångström, Anna", None, 3, 1.5, True, "01a20fd6-106a-74bb-bda2-c091983aa010"]


def test_what_goes_in_comes_out() -> None:
    assert cursor.decode(SECRET, cursor.encode(SECRET, VALUES, scope="w|name"), scope="w|name") == VALUES


def test_every_other_character_is_refused() -> None:
    text = cursor.encode(SECRET, VALUES)
    for place in range(len(text)):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises(BadCursor):
            cursor.decode(SECRET, text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "x", "=", "é", "A" * 5000, "A" * 23, cursor.encode("1" * 64, VALUES)])
def test_what_was_not_made_here_is_refused(text: str) -> None:
    with pytest.raises(BadCursor) as refused:
        cursor.decode(SECRET, text)
    assert (refused.value.status, refused.value.pointer) == (400, "/query/cursor")


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadCursor):
        cursor.decode(SECRET, cursor.encode(SECRET, VALUES, scope="workspace a"), scope="workspace b")
