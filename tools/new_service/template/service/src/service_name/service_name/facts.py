"""The facts that a change states: contracts/facts/service_name/record_name.*.v1.json."""

from crm_facts import Change
from service_name.service_name.schemas import RecordName

NOUN = "record_name"


def created(record: RecordName) -> Change:
    return Change(NOUN, record.id, record.version, "created", {}, {"text": record.text})


def changed(before: RecordName, after: RecordName) -> Change:
    return Change(NOUN, after.id, after.version, "changed", {"text": before.text}, {"text": after.text})
