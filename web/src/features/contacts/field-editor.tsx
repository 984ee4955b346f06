import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, lazy, Suspense, useState } from "react";
import type { Contact } from "@/api/types";
import { useOnce } from "@/lib/use-once";
import { type ContactField, patchAt, textOf, valueAt, withPrimary } from "./fields";
import type { ContactPatch } from "./save";

const choices = () => import("./choice-editors");
const CompanyEditor = lazy(() => choices().then((module) => ({ default: module.CompanyEditor })));
const TagsEditor = lazy(() => choices().then((module) => ({ default: module.TagsEditor })));
const OwnerEditor = lazy(() => choices().then((module) => ({ default: module.OwnerEditor })));

/** Where the hand goes after an edit in the table. */
export type Move = "down" | "next" | "previous" | null;

export interface EditorProps {
  contact: Contact;
  field: ContactField;
  label: string;
  /** Takes the place of the present value: what was typed to begin, or what was refused. */
  initial?: string | undefined;
  /** `text` is what was typed, kept where the server refuses it. */
  onCommit: (patch: ContactPatch | null, move: Move, text?: string) => void;
  onCancel: () => void;
}

/** The same editor in table, panel and page. */
export function FieldEditor({ onCommit, onCancel, ...rest }: EditorProps) {
  const once = useOnce();
  return (
    <Suspense>
      <Editor {...rest} onCommit={(...result) => once(() => onCommit(...result))} onCancel={() => once(onCancel)} />
    </Suspense>
  );
}

function Editor(props: EditorProps) {
  switch (props.field.kind) {
    case "name":
      return <NameEditor {...props} />;
    case "company":
      return <CompanyEditor {...props} />;
    case "tags":
      return <TagsEditor {...props} />;
    case "owner":
      return <OwnerEditor {...props} />;
    default:
      return <TextEditor {...props} />;
  }
}

const INPUT = "h-full min-h-7 w-full min-w-0 bg-transparent outline-none";

/** The patch for a text, or null when it says nothing new. */
function patchOfText(contact: Contact, field: ContactField, text: string): ContactPatch | null {
  const value = text.trim();
  const present = valueAt(contact, field.key);
  if (field.kind === "emails" || field.kind === "phones") {
    if (value === textOf(contact, field)) return null;
    return patchAt(field.key, withPrimary(present as Contact["emails"], value));
  }
  return value === (present ?? "") ? null : patchAt(field.key, value || null);
}

function moveOf(event: KeyboardEvent): Move {
  if (event.key === "Enter") return "down";
  return event.shiftKey ? "previous" : "next";
}

const INPUT_TYPES: Partial<Record<ContactField["kind"], string>> = { emails: "email", phones: "tel", date: "date" };

function TextEditor({ contact, field, label, initial, onCommit, onCancel }: EditorProps) {
  const present = field.kind === "date" ? String(valueAt(contact, field.key) ?? "") : textOf(contact, field);
  const [text, setText] = useState(initial ?? present);
  const commit = (move: Move) => onCommit(patchOfText(contact, field, text), move, text);
  const Tag = field.kind === "long_text" ? "textarea" : "input";
  return (
    <Tag
      autoFocus
      aria-label={label}
      value={text}
      {...(Tag === "input" && { type: INPUT_TYPES[field.kind] ?? "text" })}
      onChange={(event) => setText(event.currentTarget.value)}
      onFocus={(event) => initial === undefined && field.kind !== "date" && event.currentTarget.select()}
      onBlur={() => commit(null)}
      onKeyDown={(event: KeyboardEvent) => {
        event.stopPropagation();
        const isNewLine = event.key === "Enter" && Tag === "textarea" && !event.metaKey && !event.ctrlKey;
        if (event.key === "Escape") onCancel();
        else if ((event.key === "Enter" && !isNewLine && !event.nativeEvent.isComposing) || event.key === "Tab") {
          event.preventDefault();
          commit(moveOf(event));
        }
      }}
      className={
        Tag === "textarea"
          ? "field-sizing-content max-h-80 min-h-20 w-full resize-none bg-transparent outline-none"
          : INPUT
      }
    />
  );
}

function NameEditor({ contact, label, initial, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const [first, setFirst] = useState(initial ?? contact.first_name ?? "");
  const [last, setLast] = useState(contact.last_name ?? "");

  function commit(move: Move) {
    const patch = {
      ...(first.trim() !== (contact.first_name ?? "") && { first_name: first.trim() || null }),
      ...(last.trim() !== (contact.last_name ?? "") && { last_name: last.trim() || null }),
    };
    onCommit(Object.keys(patch).length > 0 ? patch : null, move);
  }

  return (
    // Hears what bubbles from its two inputs.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={label}
      className="flex h-full w-full gap-1"
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && commit(null)}
      onKeyDown={(event) => {
        event.stopPropagation();
        const target = event.target as HTMLInputElement;
        // Tab goes from the first name to the last, and only from there onward.
        const staysInside = event.key === "Tab" && (event.shiftKey ? target.name === "last" : target.name === "first");
        if (event.key === "Escape") onCancel();
        else if (event.key === "Enter" || (event.key === "Tab" && !staysInside)) {
          event.preventDefault();
          commit(moveOf(event));
        }
      }}
    >
      <input
        autoFocus
        name="first"
        autoComplete="off"
        aria-label={t`First name`}
        placeholder={t`First name`}
        value={first}
        onChange={(event) => setFirst(event.currentTarget.value)}
        onFocus={(event) => initial === undefined && event.currentTarget.select()}
        className={INPUT}
      />
      <input
        name="last"
        autoComplete="off"
        aria-label={t`Last name`}
        placeholder={t`Last name`}
        value={last}
        onChange={(event) => setLast(event.currentTarget.value)}
        className={INPUT}
      />
    </div>
  );
}
