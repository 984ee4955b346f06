import { useLingui } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { isProblem } from "@/api/problem";
import { isSafeLink } from "@/lib/links";
import { refusalReason } from "./refusal";
import { type CrmRecord, type Line, type RecordPatch, valueAt } from "./record";

interface ListProps {
  record: CrmRecord;
  /** Names the whole list. */
  label: string;
  readOnlyReason: string | undefined;
  onSave: (patch: RecordPatch) => Promise<unknown>;
}

/** All e-mails or phones: press one to change it, × to drop it, "Add" for another. */
export function LineList({ record, member, ...rest }: ListProps & { member: "emails" | "phones" }) {
  const lines = valueAt(record, member) as Line[];
  const hrefOf = (value: string) => (member === "emails" ? `mailto:${value}` : `tel:${value.replace(/[^\d+]/g, "")}`);
  return (
    <Lines
      {...rest}
      member={member}
      values={lines.map((line) => ({ text: line.value, label: line.label, href: hrefOf(line.value) }))}
      patchOf={(index, text) => ({ [member]: withLine(lines, index, text) })}
    />
  );
}

function withLine(lines: Line[], index: number, value: string): Line[] {
  if (index >= lines.length) return value ? [...lines, { value, label: null, primary: lines.length === 0 }] : lines;
  return value ? lines.with(index, { ...lines[index]!, value }) : lines.toSpliced(index, 1);
}

export function LinkList({ record, ...rest }: ListProps) {
  const { links } = record;
  return (
    <Lines
      {...rest}
      member="links"
      values={links.map((link) => ({
        text: link.url,
        label: link.label,
        href: isSafeLink(link.url) ? link.url : undefined,
      }))}
      patchOf={(index, url) => {
        if (!url) return { links: links.toSpliced(index, 1) };
        return {
          links: index < links.length ? links.with(index, { ...links[index]!, url }) : [...links, { url, label: null }],
        };
      }}
    />
  );
}

interface LinesProps {
  member: string;
  label: string;
  values: { text: string; label: string | null | undefined; href: string | undefined }[];
  patchOf: (index: number, text: string) => RecordPatch;
  readOnlyReason: string | undefined;
  onSave: (patch: RecordPatch) => Promise<unknown>;
}

function Lines({ member, label: listLabel, values, patchOf, readOnlyReason, onSave }: LinesProps) {
  const { t } = useLingui();
  const [editing, setEditing] = useState<{ index: number; text: string; reason?: string } | null>(null);

  async function commit(index: number, text: string): Promise<void> {
    setEditing(null);
    if (text.trim() === (values[index]?.text ?? "")) return;
    const error = await onSave(patchOf(index, text.trim()));
    if (isProblem(error)) setEditing({ index, text, reason: refusalReason(error) });
  }

  const editor = (index: number) =>
    editing && (
      <LineEditor
        key={index}
        label={listLabel}
        initial={editing.text}
        reason={editing.reason}
        onCommit={(text) => void commit(index, text)}
        onCancel={() => setEditing(null)}
      />
    );

  return (
    <ul className="flex flex-col">
      {values.map(({ text, label, href }, index) => (
        <li key={`${index}-${text}`} className="group/line relative flex min-w-0 items-center">
          {editing?.index === index ? (
            editor(index)
          ) : (
            <>
              <a
                href={href}
                title={text}
                className="min-w-0 truncate rounded-md px-1.5 py-1 text-accent-text underline-offset-2 hover:underline"
                {...(member === "links" && { target: "_blank", rel: "noreferrer" })}
              >
                <bdi>{text}</bdi>
              </a>
              {label && <span className="shrink-0 text-sm text-ink-faint">{label}</span>}
              {!readOnlyReason && (
                <span className="absolute inset-y-0 end-0 flex items-center bg-surface ps-1 opacity-0 group-focus-within/line:opacity-100 group-hover/line:opacity-100 pointer-coarse:opacity-100">
                  <button
                    type="button"
                    onClick={() => setEditing({ index, text })}
                    className="rounded-sm px-1 text-sm text-ink-faint hover:text-ink"
                  >
                    {t`Edit`}
                  </button>
                  <button
                    type="button"
                    aria-label={t`Remove ${text}`}
                    onClick={() => void commit(index, "")}
                    className="rounded-sm px-1 text-ink-faint hover:text-ink"
                  >
                    <X aria-hidden className="size-3.5" />
                  </button>
                </span>
              )}
            </>
          )}
        </li>
      ))}
      {editing && editing.index >= values.length ? (
        <li>{editor(values.length)}</li>
      ) : (
        !readOnlyReason && (
          <li>
            <button
              type="button"
              aria-label={t`Add ${{ field: listLabel }}`}
              onClick={() => setEditing({ index: values.length, text: "" })}
              className="flex min-h-control-sm w-full items-center gap-1 rounded-md px-1.5 text-ink-faint hover:bg-hover"
            >
              <Plus aria-hidden className="size-3.5" /> {t`Add`}
            </button>
          </li>
        )
      )}
    </ul>
  );
}

interface LineEditorProps {
  label: string;
  initial: string;
  reason: string | undefined;
  onCommit: (text: string) => void;
  onCancel: () => void;
}

function LineEditor({ label, initial, reason, onCommit, onCancel }: LineEditorProps) {
  const [text, setText] = useState(initial);
  const [cancelled, setCancelled] = useState(false);
  return (
    <div className="w-full">
      <input
        autoFocus
        aria-label={label}
        aria-invalid={Boolean(reason)}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => !cancelled && onCommit(text)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter" && !event.nativeEvent.isComposing) event.currentTarget.blur();
          if (event.key === "Escape") {
            setCancelled(true);
            onCancel();
          }
        }}
        className="min-h-control-sm field px-1.5"
      />
      {reason && (
        <p role="alert" className="px-1.5 text-sm text-danger-text">
          {reason}
        </p>
      )}
    </div>
  );
}
