"""Settings: what is wrong is said in one sentence with its mend, before anything starts."""

from pathlib import Path

import pytest

from crm_tools import settings
from crm_tools.trouble import Trouble

NAMES = ["gateway", "contacts", "contacts-worker"]


class TestWrongSettings:
    @pytest.mark.parametrize(
        ("name", "value", "mend"),
        [
            ("CRM_PORT", "eighty", "set it to a port number"),
            ("CRM_PORT", "70000", "set it to a port number"),
            ("CRM_PROT", "8000", "did you mean CRM_PORT?"),
            ("CRM_SIGNUP", "maybe", "open or invite or closed"),
            ("CRM_RATE_LIMITS", "false", "on or off"),
            ("CRM_PUBLIC_URL", "crm.example.org", "no URL of the form http://"),
            ("POSTGRES_URL", "mysql://root@db/crm", "no URL of the form postgres://"),
            ("NATS_URL", "nats://one:4222,http://two", "no URL of the form nats://"),
            ("CRM_INSTANCES", "contact=2", "name=number"),
            ("CRM_INSTANCES", "contacts=0", "name=number"),
            ("VALKEY_URL_FILE", "/nowhere/valkey", "which is no file"),
        ],
    )
    def test_is_refused_with_the_mend(self, name: str, value: str, mend: str) -> None:
        with pytest.raises(Trouble, match=name) as refused:
            settings.load(NAMES, {name: value})
        assert mend in str(refused.value)

    def test_a_refusal_does_not_repeat_a_url_that_may_hold_a_password(self) -> None:
        with pytest.raises(Trouble) as refused:
            settings.load(NAMES, {"POSTGRES_URL": "mysql://root:hunter2@db/crm"})
        assert "hunter2" not in str(refused.value)


class TestSettings:
    def test_none_is_required(self) -> None:
        found = settings.load(NAMES, {})
        assert (found.host, found.port, found.signup, found.postgres_url) == ("127.0.0.1", 8000, "open", None)

    @pytest.mark.parametrize(
        ("host", "signup"),
        [("127.0.0.1", "open"), ("::1", "open"), ("localhost", "open"), ("0.0.0.0", "invite")],  # noqa: S104
    )
    def test_who_is_reached_from_outside_takes_invitations_only(self, host: str, signup: str) -> None:
        assert settings.load(NAMES, {"CRM_HOST": host}).signup == signup

    def test_a_services_own_setting_is_known_and_handed_on(self) -> None:
        found = settings.load(NAMES, {"CRM_LOG_LEVEL": "debug", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4318"})
        assert found.handed_on == {"CRM_LOG_LEVEL": "debug", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4318"}

    def test_instances_are_counted_by_process(self) -> None:
        assert settings.load(NAMES, {"CRM_INSTANCES": "gateway=2, contacts=3"}).instances == {
            "gateway": 2,
            "contacts": 3,
        }


class TestDotenv:
    def test_the_environment_wins_over_the_file_and_an_empty_value_counts_as_absent(self, tmp_path: Path) -> None:
        file = tmp_path / ".env"
        file.write_text("# mine\nexport CRM_PORT=9000\nCRM_HOST='0.0.0.0'\nSMTP_URL=\n")
        assert settings.with_dotenv({"CRM_PORT": "9001"}, file) == {"CRM_PORT": "9001", "CRM_HOST": "0.0.0.0"}  # noqa: S104

    def test_a_secret_may_come_as_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "url").write_text("postgres://db/crm\n")
        found = settings.with_dotenv({"POSTGRES_URL_FILE": str(tmp_path / "url")}, tmp_path / ".env")
        assert found == {"POSTGRES_URL": "postgres://db/crm"}

    def test_a_line_that_is_no_setting_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / ".env"
        file.write_text("CRM_PORT=1\nnonsense\n")
        with pytest.raises(Trouble, match="Line 2 of"):
            settings.with_dotenv({}, file)
