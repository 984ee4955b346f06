"""Checks path, query, media type and body against the operation's schema, so that a service sees only what fits."""

import re

from gateway import body, json_body, problems
from gateway.exchange import Exchange
from gateway.problems import Fault, Refused
from gateway.schemas import BodyCheck, UnreadableQuery, is_json
from gateway.settings import Settings

CHARSET = re.compile(r'\s*charset\s*=\s*"?utf-?8"?\s*', re.IGNORECASE)
MERGE_PATCH = "application/merge-patch+json"


class Validate:
    def __init__(self, settings: Settings) -> None:
        self._body_deadline_s = settings.crm_body_deadline_s

    async def __call__(self, x: Exchange) -> bool:
        route = x.matched
        if x.path_values and not route.parameters.path_fits(x.path_values):
            raise problems.not_found()
        _check_query(x)
        if not body.has_body(x):
            if route.body is not None and route.body.required:
                raise problems.bad_request("body_missing", "A body is needed.", pointer="")
            x.body = b""
            return False
        if x.method in ("GET", "HEAD"):
            raise problems.bad_request("body_unexpected", f"{x.method} takes no body.", close=True)
        media_type = _check_media(x, route.body)
        if route.long:
            return False
        x.body = await body.read(x, self._body_deadline_s)
        if is_json(media_type):
            _check_json(x.body, route.body)
        return False


def _check_query(x: Exchange) -> None:
    try:
        faults = x.matched.parameters.query_faults(x.query)
    except UnreadableQuery:
        raise problems.bad_request("not_utf8", "The query is not UTF-8.", pointer="/query") from None
    if faults:
        raise Refused(400, faults[0].code, "The query does not fit.", errors=faults)


def _check_media(x: Exchange, check: BodyCheck | None) -> str:
    """The media type without parameters; raises 415 for one that the operation does not take."""
    expected = check.media_types if check is not None and check.media_types else ("application/json",)
    media_type, *parameters = x.headers.get(b"content-type", b"").decode("latin-1").split(";")
    media_type = media_type.strip().lower()
    encoding = x.headers.get(b"content-encoding", b"identity").lower()
    merge_patch = x.method == "PATCH" and media_type == MERGE_PATCH and "application/json" in expected
    if encoding != b"identity" or (media_type not in expected and not merge_patch):
        raise problems.unsupported_media(expected)
    for parameter in parameters:
        if parameter.strip().lower().startswith("charset") and not CHARSET.fullmatch(parameter):
            raise problems.unsupported_media(expected)
    return media_type


def _check_json(content: bytes, check: BodyCheck | None) -> None:
    try:
        value = json_body.loads(content)
    except json_body.BadJson as error:
        raise Refused(400, error.fault.code, "The body is not JSON that is read here.", errors=[error.fault]) from None
    faults: list[Fault] = check.faults(value) if check is not None else []
    if faults:
        raise Refused(422, "invalid", "The body does not fit.", errors=faults)
