"""What clients read: RFC 9651 structured fields of the rate-limit draft."""

import re

import pytest

from crm_cache import POLICIES, USER, WORKSPACE, Policy, Verdict, rate_limit_headers, violated_policies

_ITEM = re.compile(r'"(?P<name>[a-z]+)"(;[a-z]+=\d+)+')
PASSED = Verdict(True, 119, 0.05, 0.0)
REFUSED = Verdict(False, 3, 2.4, 2.4)


def test_one_policy_reads_as_the_draft_shows() -> None:
    policy = Policy("user", 20, 10)

    headers = rate_limit_headers([(policy, Verdict(True, 19, 0.1, 0.0))])

    assert headers == {"RateLimit-Policy": '"user";q=20;w=2', "RateLimit": '"user";r=19;t=1'}


def test_several_policies_are_a_list_in_the_order_given() -> None:
    headers = rate_limit_headers([(USER, PASSED), (WORKSPACE, PASSED)])

    assert headers["RateLimit-Policy"] == '"user";q=120;w=6, "workspace";q=600;w=6'


def test_a_refusal_says_when_to_come_back_and_which_policy_it_was() -> None:
    taken = [(USER, PASSED), (WORKSPACE, REFUSED)]

    assert rate_limit_headers(taken)["Retry-After"] == "3"
    assert violated_policies(taken) == ["workspace"]
    assert "Retry-After" not in rate_limit_headers([(USER, PASSED)])


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
def test_every_policy_is_a_valid_structured_field(policy: Policy) -> None:
    headers = rate_limit_headers([(policy, REFUSED)])

    assert _ITEM.fullmatch(headers["RateLimit-Policy"]) and _ITEM.fullmatch(headers["RateLimit"])
    assert int(headers["Retry-After"]) >= max(1, int(headers["RateLimit"].rsplit("t=", 1)[1]))
