import { useLingui } from "@lingui/react/macro";
import { ArrowDown, ArrowDownUp, ArrowUp, Columns3, RotateCcw, Search } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { type Action, useActions } from "@/app/actions";
import { useDebounced } from "@/lib/use-debounced";
import { Button } from "@/ui/button";
import { Menu, type MenuEntry } from "@/ui/menu";
import type { Columns } from "./columns";
import { labelOf } from "./fields";
import { FilterChips } from "./filter-chips";
import type { ChangeSearch } from "./list-page";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import type { RecordField } from "./record";

interface ToolbarProps {
  /** What is shown: the address over the view. */
  search: ListSearch;
  fields: readonly RecordField[];
  columns: Columns;
  onChange: ChangeSearch;
  /** In front of all. */
  views: ReactNode;
}

/** View, search, filters, sort and columns. */
export function ListToolbar({ search, fields, columns, onChange, views }: ToolbarProps) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b px-3 py-1.5">
      {views}
      <FindField q={search.q} onChange={onChange} />
      <FilterChips fields={fields} filter={search.filter} onChange={(filter) => onChange({ filter })} />
      <div className="order-2 ms-auto flex items-center gap-1 max-wide:hidden">
        <SortMenu fields={fields} sort={search.sort} onChange={(sort) => onChange({ sort })} />
        <ColumnsMenu columns={columns} />
      </div>
    </div>
  );
}

const TYPING_MS = 120;

/** Searches as one types. Back, forward and "clear" change the address; the field follows. */
function FindField({ q = "", onChange }: { q: string | undefined; onChange: ChangeSearch }) {
  const { t, i18n } = useLingui();
  const { words } = useNoun();
  const inputRef = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const settled = useDebounced(text.trim(), TYPING_MS);
  const sent = useRef(q);

  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    onChange({ q: settled || undefined }, { replace: true });
  });
  useEffect(() => {
    if (q === sent.current) return;
    sent.current = q;
    setText(q);
  }, [q]);

  useActions(
    useMemo<Action[]>(
      () => [
        {
          id: "find-in-list",
          label: t`Find in this list`,
          section: t`List`,
          icon: Search,
          keys: "F",
          run: () => inputRef.current?.focus(),
        },
      ],
      [t],
    ),
  );

  return (
    <div className="relative w-56 max-wide:flex-1">
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 start-2 my-auto size-4 text-ink-faint"
        strokeWidth={1.75}
      />
      <input
        ref={inputRef}
        type="search"
        aria-label={t`Find in this list`}
        placeholder={i18n._(words.findBy)}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && !text) event.currentTarget.blur();
          if (event.key === "ArrowDown") document.querySelector<HTMLElement>('[role="grid"]')?.focus();
        }}
        className="h-control-sm field ps-8"
      />
    </div>
  );
}

interface SortMenuProps {
  fields: readonly RecordField[];
  sort: string | undefined;
  onChange: (sort: string | undefined) => void;
}

const NEWEST = "-updated_at";

/** Names the order; the same field again turns it around. */
function SortMenu({ fields, sort = NEWEST, onChange }: SortMenuProps) {
  const { t } = useLingui();
  const isDown = sort.startsWith("-");
  const key = isDown ? sort.slice(1) : sort;
  const current = fields.find((field) => field.sort === key);
  const entries = fields.flatMap((field): MenuEntry[] => {
    if (!field.sort) return [];
    const isCurrent = field === current;
    return [
      {
        id: field.key,
        label: labelOf(field),
        icon: isCurrent ? (isDown ? ArrowDown : ArrowUp) : undefined,
        checked: isCurrent,
        run: () => onChange(isCurrent && !isDown ? `-${key}` : field.sort),
      },
    ];
  });
  return (
    <Menu
      align="end"
      trigger={
        <Button size="sm" variant="ghost" icon={current ? (isDown ? ArrowDown : ArrowUp) : ArrowDownUp}>
          {current ? labelOf(current) : t`Sort`}
        </Button>
      }
      entries={entries}
      header={<p className="px-2 pt-1 pb-1.5 text-sm text-ink-faint">{t`Sort by`}</p>}
    />
  );
}

function ColumnsMenu({ columns }: { columns: Columns }) {
  const { t } = useLingui();
  const fields = [...columns.shown.slice(1), ...columns.hidden];
  return (
    <Menu
      align="end"
      trigger={<Button size="sm" variant="ghost" icon={Columns3}>{t`Columns`}</Button>}
      entries={[
        ...fields.map((field) => ({
          id: field.key,
          label: labelOf(field),
          checked: columns.shown.includes(field),
          run: () => columns.toggle(field.key),
        })),
        "separator",
        {
          id: "reset",
          label: t`As they were`,
          icon: RotateCcw,
          disabledReason: columns.isChanged ? undefined : t`Nothing is changed.`,
          run: columns.reset,
        },
      ]}
    />
  );
}
