import pytest

from gateway.settings import BadSetting, BucketSetting, Settings, load

NEEDED = {"CRM_INTERNAL_KEY": "k", "CRM_IDENTITY_URL": "http://a:1"}


def test_every_service_is_found_by_the_name_of_its_variable() -> None:
    settings = load({**NEEDED, "CRM_CONTACTS_URL": "http://b:1/, http://b:2", "CRM_PUBLIC_URL": "https://crm.test/"})
    assert settings.services == {"identity": ("http://a:1",), "contacts": ("http://b:1", "http://b:2")}
    assert settings.issuer == "https://crm.test/auth/v1"


def test_a_value_may_stand_in_a_file(tmp_path: object) -> None:
    path = tmp_path / "key"  # type: ignore[operator]
    path.write_text("secret\n")
    assert load({"CRM_IDENTITY_URL": "http://a:1", "CRM_INTERNAL_KEY_FILE": str(path)}).crm_internal_key == "secret"


def test_values_are_read_by_their_kind() -> None:
    settings = load(
        {
            **NEEDED,
            "CRM_BUCKET_USER": "20/10",
            "CRM_RATE_LIMITS": "off",
            "TRUSTED_PROXIES": "10.0.0.0/8,::1",
            "CRM_DRAIN_S": "3",
        }
    )
    assert (settings.crm_bucket_user, settings.crm_rate_limits, settings.crm_drain_s) == (
        BucketSetting(20, 10),
        False,
        3.0,
    )
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]
    assert load(NEEDED) == Settings(crm_internal_key="k", services={"identity": ("http://a:1",)})


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"CRM_INTERNAL_KEY": ""}, "CRM_INTERNAL_KEY"),
        ({"CRM_IDENTITY_URL": ""}, "CRM_IDENTITY_URL"),
        ({"CRM_BUCKET_USER": "many"}, "CRM_BUCKET_USER"),
        ({"CRM_BUCKET_USER": "0/1"}, "CRM_BUCKET_USER"),
        ({"CRM_RATE_LIMITS": "maybe"}, "CRM_RATE_LIMITS"),
        ({"TRUSTED_PROXIES": "everybody"}, "TRUSTED_PROXIES"),
    ],
)
def test_what_cannot_be_used_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        load({**NEEDED, **environ})
