"""The compose file and its secrets say of each service that they run what system.toml says."""

import importlib.util
from types import ModuleType

import pytest

from crm_testkit import repository
from crm_testkit.repository import ROOT

COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()


def make_secrets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_secrets", ROOT / "deploy" / "make_secrets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DEPLOYED = make_secrets().SERVICES


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_accepts_the_keys_of_those_that_call_it(service: str) -> None:
    callers = {other for other in DEPLOYED if service in repository.calls(other)}
    if service == "identity":
        callers = set(DEPLOYED) - {"identity"}  # its key set is needed by all
    assert set(make_secrets().CALLERS[service]) == {"gateway", *callers}


@pytest.mark.parametrize("service", DEPLOYED)
def test_compose_runs_its_processes_and_tells_the_gateway_where_it_is(service: str) -> None:
    for process in (f"{service}-migrate", service, f"{service}-worker"):
        assert f"\n  {process}:\n" in COMPOSE, process
    assert f"CRM_{service.upper()}_URL: http://{service}:8000" in COMPOSE
