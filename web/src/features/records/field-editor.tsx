import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, lazy, Suspense, useState } from "react";
import { useOnce } from "@/lib/use-once";
import { patchOfText } from "./cell-text";
import { type CrmRecord, type RecordField, type RecordPatch, valueAt } from "./record";
import { editableText } from "./values";

const choices = () => import("./choice-editors");
const CompanyEditor = lazy(() => choices().then((module) => ({ default: module.CompanyEditor })));
const TagsEditor = lazy(() => choices().then((module) => ({ default: module.TagsEditor })));
const OwnerEditor = lazy(() => choices().then((module) => ({ default: module.OwnerEditor })));
const OptionEditor = lazy(() => choices().then((module) => ({ default: module.OptionEditor })));
const OptionsEditor = lazy(() => choices().then((module) => ({ default: module.OptionsEditor })));

/** Where the hand goes after an edit in the table. */
export type Move = "down" | "next" | "previous" | null;

export interface EditorProps {
  record: CrmRecord;
  field: RecordField;
  label: string;
  /** Takes the place of the present value: what was typed to begin, or what was refused. */
  initial?: string | undefined;
  /** `text` is what was typed, kept where the server refuses it. */
  onCommit: (patch: RecordPatch | null, move: Move, text?: string) => void;
  onCancel: () => void;
}

/** The same editor in table, panel, page and bulk edit. */
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
    case "person_name":
      return <PersonNameEditor {...props} />;
    case "company":
      return <CompanyEditor {...props} />;
    case "tags":
      return <TagsEditor {...props} />;
    case "owner":
      return <OwnerEditor {...props} />;
    case "select":
    case "boolean":
      return <OptionEditor {...props} />;
    case "multi_select":
      return <OptionsEditor {...props} />;
    default:
      return <TextEditor {...props} />;
  }
}

const INPUT = "h-full min-h-7 w-full min-w-0 bg-transparent outline-none";

function moveOf(event: KeyboardEvent): Move {
  if (event.key === "Enter") return "down";
  return event.shiftKey ? "previous" : "next";
}

const INPUT_TYPES: Partial<Record<RecordField["kind"], string>> = { phones: "tel", phone: "tel", date: "date" };
const INPUT_MODES: Partial<Record<RecordField["kind"], "email" | "url" | "decimal">> = {
  emails: "email",
  email: "email",
  url: "url",
  number: "decimal",
};

function TextEditor({ record, field, label, initial, onCommit, onCancel }: EditorProps) {
  const [text, setText] = useState(initial ?? editableText(record, field));
  const commit = (move: Move) => onCommit(patchOfText(record, field, text), move, text);
  const Tag = field.kind === "long_text" ? "textarea" : "input";
  return (
    <Tag
      autoFocus
      aria-label={label}
      value={text}
      autoComplete="off"
      {...(Tag === "input" && { type: INPUT_TYPES[field.kind] ?? "text", inputMode: INPUT_MODES[field.kind] })}
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

function PersonNameEditor({ record, label, initial, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const part = (name: string) => String(valueAt(record, name) ?? "");
  const [first, setFirst] = useState(initial ?? part("first_name"));
  const [last, setLast] = useState(part("last_name"));

  function commit(move: Move) {
    const patch = {
      ...(first.trim() !== part("first_name") && { first_name: first.trim() || null }),
      ...(last.trim() !== part("last_name") && { last_name: last.trim() || null }),
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
