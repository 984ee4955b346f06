import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { paths } from "@/app/paths";
import { formatDateTime } from "@/lib/format";
import { labelOf, useFields } from "./fields";
import { InPlace } from "./in-place";
import { prefetchEditor } from "./lazy-editor";
import { LineList, LinkList } from "./line-list";
import { useNoun } from "./noun-context";
import { type CrmRecord, type RecordField, type RecordPatch, valueAt } from "./record";
import { saveRecord } from "./save";

interface RecordFieldsProps {
  record: CrmRecord;
  readOnlyReason: string | undefined;
}

/** Who or what this is, field by field, each changed where it stands. */
export function RecordFields({ record, readOnlyReason }: RecordFieldsProps) {
  const { t, i18n } = useLingui();
  const noun = useNoun();
  const fields = useFields(noun);
  useEffect(prefetchEditor, []);
  const own = fields.filter(({ key }) => key.startsWith("custom."));
  const row = (field: RecordField) => (
    <Row key={field.key} label={labelOf(field)}>
      <Value record={record} field={field} readOnlyReason={readOnlyReason} />
    </Row>
  );
  return (
    <div className="flex flex-col gap-5">
      {noun.groups.map(({ title, keys }) => (
        <Group key={keys.join()} title={i18n._(title)}>
          {keys.flatMap((key) => fields.find((field) => field.key === key) ?? []).map(row)}
        </Group>
      ))}
      {own.length > 0 && <Group title={t`Own fields`}>{own.map(row)}</Group>}
      <p className="px-1.5 text-sm text-ink-faint">
        {t`Created ${{ when: formatDateTime(record.created_at) }}`}
        <br />
        {t`Changed ${{ when: formatDateTime(record.updated_at) }}`}
      </p>
    </div>
  );
}

function Value({ record, field, readOnlyReason }: RecordFieldsProps & { field: RecordField }) {
  const queryClient = useQueryClient();
  const { source } = useNoun();
  const onSave = (patch: RecordPatch, before = record) => saveRecord(queryClient, source, before, patch);
  const props = { record, readOnlyReason, onSave };
  switch (field.kind) {
    case "emails":
    case "phones":
      return <LineList {...props} label={labelOf(field)} member={field.kind} />;
    case "links":
      return <LinkList {...props} label={labelOf(field)} />;
    case "company":
      return (
        <div className="flex items-center">
          <InPlace {...props} field={field} className="flex-1" />
          <CompanyLink id={valueAt(record, field.key) as string | null} />
        </div>
      );
    default:
      return <InPlace {...props} field={field} />;
  }
}

function CompanyLink({ id }: { id: string | null }) {
  const { t } = useLingui();
  if (!id) return null;
  return (
    <Link
      to={paths.company}
      params={{ id }}
      aria-label={t`Open the company`}
      title={t`Open the company`}
      className="flex size-control-sm shrink-0 items-center justify-center rounded-md text-ink-faint hover:bg-hover hover:text-ink"
    >
      <ArrowUpRight aria-hidden className="size-4" />
    </Link>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-1 px-1.5 text-sm text-ink-faint">{title}</h2>
      <dl className="flex flex-col">{children}</dl>
    </section>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[6.25rem_minmax(0,1fr)] items-start">
      <dt className="truncate px-1.5 py-1 text-ink-muted" title={label}>
        {label}
      </dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
