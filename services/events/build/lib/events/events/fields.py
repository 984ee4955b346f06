"""The field table of an event: what the API takes and shows, how it is filtered, sorted and kept in history."""

from crm_resource import Field, FieldTable, Kind, Sort

KINDS = ("meeting", "call", "task", "email", "note")


def _instant(name: str, label: str, *, read_only: bool = False, nullable: bool = True) -> Field:
    sort = Sort(f"t.{name}", nullable=nullable, cast="timestamptz")
    return Field(name, Kind.INSTANT, label, read_only=read_only, sort=sort)


EVENT = FieldTable(
    "event",
    (
        Field("id", Kind.ID, "Id", read_only=True, required=True),
        Field("version", Kind.NUMBER, "Version", read_only=True, required=True),
        Field("kind", Kind.SELECT, "Kind", required=True, options=KINDS),
        Field("title", Kind.TEXT, "Title", personal=True, sort=Sort("t.title_key")),
        Field("body", Kind.TEXT, "Text", max_length=100_000, personal=True),
        _instant("starts_at", "Starts"),
        _instant("ends_at", "Ends"),
        Field("all_day", Kind.BOOLEAN, "All day", default=False),
        _instant("due_at", "Due"),
        _instant("done_at", "Done"),
        Field("contact_ids", Kind.IDS, "People", max_length=100),
        Field("company_id", Kind.ID, "Company"),
        Field("deal_id", Kind.ID, "Deal"),
        Field("assignee_id", Kind.ID, "Assigned to"),
        Field("location", Kind.TEXT, "Place", personal=True),
        Field("reminder_minutes", Kind.NUMBER, "Reminder, minutes before"),
        Field("recurrence", Kind.TEXT, "Repeats", max_length=500),
        _instant("created_at", "Created", read_only=True, nullable=False),
        _instant("updated_at", "Changed", read_only=True, nullable=False),
        Field("created_by", Kind.ID, "Created by", read_only=True),
        _instant("deleted_at", "In the trash since", read_only=True),
    ),
)

# Whom an event concerns. They stand in every one of its facts, changed or not, so that whoever keeps something per
# contact or company need not know the event.
LINKS = ("contact_ids", "company_id", "deal_id")
