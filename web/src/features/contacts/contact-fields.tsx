import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Contact } from "@/api/types";
import { formatDateTime } from "@/lib/format";
import { ADDRESS_FIELDS, type ContactField, fieldLabel, fieldOf } from "./fields";
import { InPlace } from "./in-place";
import { LineList, LinkList } from "./line-list";
import { type ContactPatch, saveContact } from "./save";

interface ContactFieldsProps {
  contact: Contact;
  readOnlyReason: string | undefined;
}

/** Who this is, field by field, each changed where it stands. */
export function ContactFields({ contact, readOnlyReason }: ContactFieldsProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const onSave = (patch: ContactPatch) => saveContact(queryClient, contact, patch);
  const inPlace = (field: ContactField) => (
    <Row key={field.key} label={fieldLabel([field.key])}>
      <InPlace contact={contact} field={field} readOnlyReason={readOnlyReason} onSave={onSave} />
    </Row>
  );
  return (
    <div className="flex flex-col gap-5">
      <Group title={t`Reach`}>
        <Row label={fieldLabel(["emails"])}>
          <LineList contact={contact} member="emails" readOnlyReason={readOnlyReason} onSave={onSave} />
        </Row>
        <Row label={fieldLabel(["phones"])}>
          <LineList contact={contact} member="phones" readOnlyReason={readOnlyReason} onSave={onSave} />
        </Row>
        <Row label={fieldLabel(["links"])}>
          <LinkList contact={contact} readOnlyReason={readOnlyReason} onSave={onSave} />
        </Row>
      </Group>
      <Group title={t`Work`}>{["company_id", "title", "tags", "owner_id"].map((key) => inPlace(fieldOf(key)))}</Group>
      <Group title={t`Person`}>
        {inPlace(fieldOf("birthday"))}
        {ADDRESS_FIELDS.map(inPlace)}
        {inPlace(fieldOf("description"))}
      </Group>
      <p className="px-1.5 text-sm text-ink-faint">
        {t`Created ${{ when: formatDateTime(contact.created_at) }}`}
        <br />
        {t`Changed ${{ when: formatDateTime(contact.updated_at) }}`}
      </p>
    </div>
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
