import { useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { isProblem } from "@/api/problem";
import { refusalReason } from "./refusal";
import { cx } from "@/lib/cx";
import { CellValue } from "./cell";
import { LazyEditor } from "./lazy-editor";
import { labelOf } from "./fields";
import { type CrmRecord, isChoice, isEmptyValue, type RecordField, type RecordPatch, valueAt } from "./record";
import { textOf } from "./values";

interface InPlaceProps {
  record: CrmRecord;
  field: RecordField;
  readOnlyReason: string | undefined;
  /** Answers the refusal, or null. */
  /** `before` is the record as it was when the edit began: what others changed since must not be overwritten unseen. */
  onSave: (patch: RecordPatch, before: CrmRecord) => Promise<unknown>;
  className?: string;
}

interface Refusal {
  text: string;
  reason: string;
}

/** A value that turns into its editor where it stands. What the server refuses stays in the editor, with the reason. */
export function InPlace({ record, field, readOnlyReason, onSave, className }: InPlaceProps) {
  const { t } = useLingui();
  const [editing, setEditing] = useState<CrmRecord | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const buttonRef = useRef<HTMLButtonElement>(null);
  const label = labelOf(field);

  async function commit(patch: RecordPatch | null, text: string, byKey: boolean): Promise<void> {
    const before = editing ?? record;
    setEditing(null);
    setRefusal(null);
    if (byKey) requestAnimationFrame(() => buttonRef.current?.focus());
    if (!patch) return;
    const error = await onSave(patch, before);
    if (!isProblem(error)) return;
    setRefusal({ text, reason: refusalReason(error) });
    setEditing(record);
  }

  if (editing) {
    return (
      <div className={cx("min-w-0", className)}>
        <div
          className={cx(
            !isChoice(field) && "flex min-h-control-sm items-center rounded-md border border-focus px-1.5",
            refusal && "border-danger",
          )}
        >
          <LazyEditor
            record={editing}
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
  const isEmpty = isEmptyValue(valueAt(record, field.key));
  return (
    <button
      ref={buttonRef}
      type="button"
      title={readOnlyReason}
      // Begins with what is written there, so that it can be spoken.
      aria-label={isEmpty && field.kind !== "person_name" ? t`Add ${{ field: label }}` : undefined}
      aria-disabled={Boolean(readOnlyReason)}
      onClick={() => !readOnlyReason && setEditing(record)}
      className={cx(
        "flex min-h-control-sm w-full min-w-0 items-center rounded-md px-1.5 text-start",
        !readOnlyReason && "hover:bg-hover",
        field.kind === "long_text" && "items-start py-1 whitespace-pre-wrap",
        className,
      )}
    >
      {isEmpty ? (
        <span className="font-normal text-ink-faint">{field.kind === "person_name" ? t`No name` : t`Add`}</span>
      ) : field.kind === "long_text" ? (
        <span className="min-w-0 break-words">{textOf(record, field)}</span>
      ) : (
        <CellValue record={record} field={field} />
      )}
    </button>
  );
}
