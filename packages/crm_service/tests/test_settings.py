"""One frozen object out of the environment, or one sentence that names everything that is wrong."""

from pathlib import Path

import msgspec
import pytest

from crm_service import ServiceSettings, SettingsError, load_settings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    database_url: str
    import_max_rows: int = 100_000
    strict: bool = False
    trusted_proxies: list[str] = msgspec.field(default_factory=list)


URL = {"DATABASE_URL": "postgres://db"}


def test_names_types_and_defaults() -> None:
    given = {**URL, "IMPORT_MAX_ROWS": "7", "STRICT": "true", "TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2", "OTHER": "x"}

    settings = load_settings(Settings, given)
    assert (settings.database_url, settings.import_max_rows, settings.strict) == ("postgres://db", 7, True)
    assert settings.trusted_proxies == ["10.0.0.1", "10.0.0.2"]
    assert settings.crm_public_url == "http://localhost:8000"


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgres://from-file\n")

    assert load_settings(Settings, {"DATABASE_URL_FILE": str(secret)}).database_url == "postgres://from-file"


def test_an_empty_value_is_an_absent_one() -> None:
    assert load_settings(Settings, {**URL, "IMPORT_MAX_ROWS": "", "STRICT_FILE": ""}).import_max_rows == 100_000


def test_all_that_is_wrong_is_said_at_once_and_no_value_is_shown() -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(Settings, {"IMPORT_MAX_ROWS": "hunter2", "CRM_INTERNAL_KEY_FILE": "/no/such"})

    said = str(raised.value)
    assert all(name in said for name in ("DATABASE_URL is not set", "IMPORT_MAX_ROWS", "CRM_INTERNAL_KEY"))
    assert "hunter2" not in said


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load_settings(Settings, URL).strict = True  # type: ignore[misc]
