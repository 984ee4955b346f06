import { useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { isProblem } from "@/api/problem";
import type { Contact } from "@/api/types";
import { cx } from "@/lib/cx";
import { CellValue } from "./cell";
import { FieldEditor } from "./field-editor";
import { type ContactField, fieldLabel, textOf, valueAt } from "./fields";
import type { ContactPatch } from "./save";

interface InPlaceProps {
  contact: Contact;
  field: ContactField;
  readOnlyReason: string | undefined;
  /** Answers the refusal, or null. */
  onSave: (patch: ContactPatch) => Promise<unknown>;
  className?: string;
}

interface Refusal {
  text: string;
  reason: string;
}

/** A value that turns into its editor where it stands. What the server refuses stays in the editor, with the reason. */
export function InPlace({ contact, field, readOnlyReason, onSave, className }: InPlaceProps) {
  const { t } = useLingui();
  const [editing, setEditing] = useState<Contact | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const buttonRef = useRef<HTMLButtonElement>(null);
  const label = fieldLabel([field.key]);

  async function commit(patch: ContactPatch | null, text: string, byKey: boolean): Promise<void> {
    setEditing(null);
    setRefusal(null);
    if (byKey) requestAnimationFrame(() => buttonRef.current?.focus());
    if (!patch) return;
    const error = await onSave(patch);
    if (!isProblem(error, 422)) return;
    setRefusal({ text, reason: error.fields[0]?.detail ?? error.detail });
    setEditing(contact);
  }

  if (editing) {
    return (
      <div className={cx("min-w-0", className)}>
        <div
          className={cx(
            isFramed(field) && "flex min-h-control-sm items-center rounded-md border border-focus px-1.5",
            refusal && "border-danger",
          )}
        >
          <FieldEditor
            contact={editing}
            field={field}
            label={label}
            initial={refusal?.text}
            onCommit={(patch, move, text = "") => void commit(patch, text, move !== null)}
            onCancel={() => {
              setRefusal(null);
              setEditing(null);
              requestAnimationFrame(() => buttonRef.current?.focus());
            }}
          />
        </div>
        {refusal && (
          <p role="alert" className="px-1.5 text-sm font-normal text-danger-text">
            {refusal.reason}
          </p>
        )}
      </div>
    );
  }
  const isEmpty = !hasValue(contact, field);
  return (
    <button
      ref={buttonRef}
      type="button"
      title={readOnlyReason}
      aria-label={isEmpty ? t`${label}: empty` : undefined}
      aria-disabled={Boolean(readOnlyReason)}
      onClick={() => !readOnlyReason && setEditing(contact)}
      className={cx(
        "flex min-h-control-sm w-full min-w-0 items-center rounded-md px-1.5 text-start",
        !readOnlyReason && "hover:bg-hover",
        field.kind === "long_text" && "items-start py-1 whitespace-pre-wrap",
        className,
      )}
    >
      {isEmpty ? (
        <span className="font-normal text-ink-faint">{field.kind === "name" ? t`No name` : t`Add`}</span>
      ) : field.kind === "long_text" ? (
        <span className="min-w-0 break-words">{textOf(contact, field)}</span>
      ) : (
        <CellValue contact={contact} field={field} />
      )}
    </button>
  );
}

/** Comboboxes bring a frame of their own. */
function isFramed(field: ContactField): boolean {
  return !["company", "tags", "owner"].includes(field.kind);
}

function hasValue(contact: Contact, field: ContactField): boolean {
  const value = valueAt(contact, field.key);
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
