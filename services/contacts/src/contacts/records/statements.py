"""The statements of a resource, written once from its field table."""

from dataclasses import dataclass
from functools import lru_cache

from contacts.records.resource import Resource
from crm_resource import Field, Kind

_COLUMN_TYPES = {
    Kind.NUMBER: "numeric",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.INSTANT: "timestamptz",
    Kind.ID: "uuid",
    Kind.TAGS: "text[]",
    Kind.EMAILS: "jsonb",
    Kind.PHONES: "jsonb",
    Kind.LINKS: "jsonb",
    Kind.OBJECT: "jsonb",
}
_FOLDED = (Kind.TEXT, Kind.URL, Kind.EMAIL, Kind.PHONE)
_LINES = (Kind.EMAILS, Kind.PHONES, Kind.LINKS)


@dataclass(frozen=True, slots=True)
class Statements:
    """`document`: the record's members as a select list over `t`, in the order of the API. The others are whole."""

    document: str
    insert: str
    update: str
    lock: str
    answer: str


@lru_cache
def statements(resource: Resource) -> Statements:
    own = list(resource.fields.own())
    stored = {each.name: column_type(each) for each in own if each.name not in resource.derived} | dict(
        resource.derived
    )
    columns = {name: f"i.{name}" for name in stored if not name.endswith("_lines")}
    columns |= {f"{each.name}_key": sql for each in own if (sql := _key(each)) is not None} | dict(resource.key_sql)
    names, values = ", ".join(columns), ", ".join(columns.values())
    document = ", ".join(f"t.{each.name}" for each in resource.fields.members())
    recordset = ", ".join(["id uuid", "deleted_at timestamptz", *(f"{name} {kind}" for name, kind in stored.items())])
    # json, not jsonb: read once, so that it need not be sorted and packed before
    rows = f"json_to_recordset($2::json) as i({recordset})"
    return Statements(
        document=document,
        insert=f"""
            insert into {resource.noun} (workspace_id, id, version, created_by, {names})
            select $1, i.id, 1, $3, {values} from {rows}""",
        update=f"""
            update {resource.noun} t
            set ({names}) = row({values}), version = t.version + 1, updated_at = now(), deleted_at = i.deleted_at
            from {rows}
            where t.workspace_id = $1 and t.id = i.id""",
        # ordered, so that two transactions that want the same records take them in the same order
        lock=f"""
            select row_to_json(r)::text as document from (
                select {document} from {resource.noun} t
                where t.workspace_id = $1 and t.id = any ($2::uuid[])
                order by t.id for update
            ) r""",
        answer=answer_sql(resource.noun, document, "t.id = $2", "limit 1"),
    )


def answer_sql(noun: str, document: str, condition: str, tail: str, key: str = "null", source: str = "") -> str:
    """Rows of (body, etag, id, key): the record's bytes as they go out. One statement, the workspace entered in it.

    row_to_json of a row and passed on as text: three times as fast as jsonb (performance.md section 3).
    """
    return f"""
        select r.* from enter($1) e(w), lateral (
            select (select row_to_json(d)::text from (select {document}) d) as body,
                   t.version || '.' || t.derived as etag, t.id, ({key})::text as key
            from {source}{noun} t
            where t.workspace_id = e.w and {condition}
            {tail}
        ) r"""


def column_type(field: Field) -> str:
    return _COLUMN_TYPES.get(field.kind, "text")


def _key(field: Field) -> str | None:
    if field.kind in _FOLDED:
        return f"fold(i.{field.name})"
    if field.kind in _LINES:
        return f"fold(i.{field.name}_lines)"
    return f"fold_values(nullif(i.{field.name}, '{{}}'))" if field.kind is Kind.OBJECT else None
