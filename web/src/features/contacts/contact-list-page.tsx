import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Columns3, FileUp, Plus, Search, Trash2, Users, X } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { explain } from "@/api/errors";
import type { Contact } from "@/api/types";
import { type Action, useActions } from "@/app/actions";
import { Page } from "@/app/layout/page";
import { useRefusal } from "@/app/may";
import { setOverlay } from "@/app/overlays";
import { paths } from "@/app/paths";
import { formatNumber } from "@/lib/format";
import { useDebounced } from "@/lib/use-debounced";
import { useIsPhone } from "@/lib/use-media";
import { Button, IconButton } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Menu } from "@/ui/menu";
import { BulkBar } from "./bulk-bar";
import { useColumns } from "./columns";
import { ConflictDialog } from "./conflict-dialog";
import { ContactCards } from "./contact-cards";
import { ContactGrid } from "./contact-grid";
import { AddFilter, FilterChips } from "./filter-bar";
import type { ListSearch } from "./list-search";
import { saveContact } from "./save";
import { useSelection } from "./selection";
import { type ContactRows, useContactRows } from "./use-contact-rows";

const ContactPanel = lazy(() => import("./contact-panel").then((module) => ({ default: module.ContactPanel })));

export function ContactListPage() {
  const { t } = useLingui();
  const search = useSearch({ from: "/inside/people" });
  const navigate = useNavigate({ from: paths.people });
  const queryClient = useQueryClient();
  const isPhone = useIsPhone();
  const refusal = useRefusal({ part: "contacts" });
  const columns = useColumns();
  const list = useContactRows(search);
  const selection = useSelection((index) => list.rows[index]?.id);
  const scrollRef = useRef<HTMLDivElement>(null);

  function change(next: Partial<Record<keyof ListSearch, unknown>>, { replace = false } = {}): void {
    void navigate({ search: (before) => ({ ...before, ...next }) as ListSearch, replace });
    if (!("open" in next)) scrollRef.current?.scrollTo({ top: 0 });
  }
  const open = (contact: Contact) => change({ open: contact.id }, { replace: search.open !== undefined });
  const close = () => change({ open: undefined }, { replace: true });

  const inTrash = search.trashed === true;
  return (
    <Page
      title={inTrash ? t`Trash` : t`People`}
      icon={inTrash ? Trash2 : Users}
      fixed
      aside={<span className="text-ink-faint tabular">{list.isPending ? "" : formatNumber(list.total)}</span>}
      actions={
        <HeaderActions
          refusal={refusal}
          inTrash={inTrash}
          onTrash={() => change({ trashed: inTrash ? undefined : true, open: undefined })}
        />
      }
    >
      <Toolbar search={search} onChange={change} columns={columns} />
      <div className="relative flex min-h-0 flex-1 flex-col">
        <ListBody list={list} search={search} onReset={() => change({ q: undefined, filter: undefined })}>
          {isPhone ? (
            <ContactCards list={list} scrollRef={scrollRef} />
          ) : (
            <ContactGrid
              label={t`People`}
              list={list}
              columns={columns}
              sort={search.sort}
              onSort={(sort) => change({ sort })}
              selection={selection}
              openId={search.open}
              onOpen={open}
              onSave={(contact, patch) => saveContact(queryClient, contact, patch)}
              readOnlyReason={inTrash ? t`What is in the trash can't be changed.` : refusal}
              scrollRef={scrollRef}
            />
          )}
        </ListBody>
        {selection.ids.size > 0 && <BulkBar selection={selection} inTrash={inTrash} />}
        {!isPhone && <Footer list={list} />}
      </div>
      <Suspense>
        {search.open && <ContactPanel id={search.open} rows={list.rows} onOpen={open} onClose={close} />}
      </Suspense>
      <ConflictDialog />
    </Page>
  );
}

interface HeaderActionsProps {
  refusal: string | undefined;
  inTrash: boolean;
  onTrash: () => void;
}

function HeaderActions({ refusal, inTrash, onTrash }: HeaderActionsProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const label = inTrash ? t`Leave the trash` : t`Trash`;
  return (
    <>
      <IconButton size="sm" icon={inTrash ? X : Trash2} label={label} onClick={onTrash} />
      <Button
        size="sm"
        icon={FileUp}
        disabledReason={refusal}
        className="max-wide:hidden"
        onClick={() => void navigate({ to: paths.imports })}
      >
        {t`Import`}
      </Button>
      <Button
        size="sm"
        variant="primary"
        icon={Plus}
        disabledReason={refusal}
        className="max-wide:hidden"
        onClick={() => setOverlay("create-contact")}
      >
        {t`New person`}
      </Button>
    </>
  );
}

interface ToolbarProps {
  search: ListSearch;
  onChange: (next: Partial<Record<keyof ListSearch, unknown>>, options?: { replace?: boolean }) => void;
  columns: ReturnType<typeof useColumns>;
}

const TYPING_MS = 120;

function Toolbar({ search, onChange, columns }: ToolbarProps) {
  const { t, i18n } = useLingui();
  const inputRef = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search.q ?? "");
  const settled = useDebounced(text.trim(), TYPING_MS);
  const sent = useRef(search.q ?? "");

  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    onChange({ q: settled || undefined }, { replace: true });
  });
  // Back, forward and "clear" change the address; the field follows.
  useEffect(() => {
    if ((search.q ?? "") === sent.current) return;
    sent.current = search.q ?? "";
    setText(sent.current);
  }, [search.q]);

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
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b px-3 py-1.5">
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
          placeholder={t`Find by name, e-mail, company`}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && !text) event.currentTarget.blur();
          }}
          className="h-control-sm field ps-8"
        />
      </div>
      <AddFilter filter={search.filter} onChange={(filter) => onChange({ filter })} />
      <FilterChips filter={search.filter} onChange={(filter) => onChange({ filter })} />
      <div className="ms-auto max-wide:hidden">
        <Menu
          align="end"
          trigger={<Button size="sm" variant="ghost" icon={Columns3}>{t`Columns`}</Button>}
          entries={[...columns.shown.slice(1), ...columns.hidden].map((field) => ({
            id: field.key,
            label: i18n._(field.label),
            checked: columns.shown.includes(field),
            run: () => columns.toggle(field.key),
          }))}
        />
      </div>
    </div>
  );
}

interface ListBodyProps {
  list: ContactRows;
  search: ListSearch;
  onReset: () => void;
  children: React.ReactNode;
}

/** The rows, or the one of four empty states that fits. */
function ListBody({ list, search, onReset, children }: ListBodyProps) {
  const { t } = useLingui();
  const refusal = useRefusal({ part: "contacts" });
  const navigate = useNavigate();
  if (list.error && list.rows.length === 0) {
    const { title, description } = explain(list.error);
    return (
      <EmptyState
        kind="nothing"
        title={title}
        action={<Button onClick={() => void list.refetch()}>{t`Try again`}</Button>}
      >
        {description}
      </EmptyState>
    );
  }
  if (list.isPending || list.rows.length > 0) return children;
  if (search.q || search.filter) {
    return (
      <EmptyState
        kind="filtered"
        title={t`Nobody matches`}
        action={<Button onClick={onReset}>{t`Clear search and filters`}</Button>}
      >
        {t`Try fewer words, or another spelling.`}
      </EmptyState>
    );
  }
  if (search.trashed) {
    return (
      <EmptyState kind="trash" title={t`The trash is empty`}>
        {t`People whom you delete can be brought back from here.`}
      </EmptyState>
    );
  }
  if (refusal) {
    return (
      <EmptyState kind="readonly" title={t`No people yet`}>
        {refusal}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      kind="nothing"
      icon={Users}
      title={t`No people yet`}
      action={
        <>
          <Button icon={FileUp} onClick={() => void navigate({ to: paths.imports })}>{t`Import a file`}</Button>
          <Button variant="primary" icon={Plus} onClick={() => setOverlay("create-contact")}>{t`New person`}</Button>
        </>
      }
    >
      {t`Make the first, or bring them along from a spreadsheet.`}
    </EmptyState>
  );
}

function Footer({ list }: { list: ContactRows }) {
  const { t } = useLingui();
  const count = plural(list.total, { one: "# person", other: "# people" });
  return (
    <footer className="flex h-8 shrink-0 items-center gap-4 border-t px-3 text-sm text-ink-faint tabular">
      <span role="status">{list.isPending ? "" : list.isStale ? t`Searching…` : count}</span>
      <span className="ms-auto max-xl:hidden">{t`Arrows move · Enter edits · Space selects · Ctrl Enter opens`}</span>
    </footer>
  );
}
