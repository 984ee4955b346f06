import pytest

from crm_db.etag import etag, matches


def test_it_names_version_and_derived() -> None:
    assert etag(3, 7) == '"3.7"'
    assert etag(1) == '"1.0"'


@pytest.mark.parametrize(
    ("if_match", "fits"),
    [
        (None, True),
        ("*", True),
        ('"3.0"', True),
        ('"3.99"', True),  # what is not the record's own does not make a change stale
        ('W/"3.0"', True),
        ('"1.0", "3.0"', True),
        ('"3"', True),
        ('"2.0"', False),
        ('"33.0"', False),
        ("3.0", False),
        ('"3.0', False),
        ("", False),
        ('""', False),
    ],
)
def test_if_match_compares_the_version(if_match: str | None, fits: bool) -> None:
    assert matches(if_match, 3) == fits
