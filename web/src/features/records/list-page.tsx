import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileUp, Plus, Trash2, X } from "lucide-react";
import { lazy, Suspense, useCallback, useRef } from "react";
import { Page } from "@/app/layout/page";
import { useRefusal } from "@/app/may";
import { setOverlay } from "@/app/overlays";
import { paths } from "@/app/paths";
import { useIsPhone } from "@/lib/use-media";
import { Button, IconButton } from "@/ui/button";
import { type Columns, useColumns } from "./columns";
import { ConflictDialog } from "./conflict-dialog";
import { useFields } from "./fields";
import { Grid } from "./grid";
import { ListBody } from "./list-body";
import { ListFooter } from "./list-footer";
import { type ListSearch, NO_FILTER } from "./list-search";
import { ListToolbar } from "./list-toolbar";
import { useNoun } from "./noun-context";
import type { CrmRecord } from "./record";
import { saveRecord } from "./save";
import { type Selection, useSelection } from "./selection";
import { type Rows, useRows } from "./use-rows";
import { ViewMenu } from "./view-menu";
import { effectiveSearch, useViews } from "./views";

const Cards = lazy(() => import("./cards").then((module) => ({ default: module.Cards })));
const RecordPanel = lazy(() => import("./panel").then((module) => ({ default: module.RecordPanel })));
const BulkBar = lazy(() => import("./bulk-bar").then((module) => ({ default: module.BulkBar })));

export type ChangeSearch = (next: Partial<ListSearch>, options?: { replace?: boolean }) => void;

/** A noun's list: table or cards, with all that narrows and orders it in the address. */
export function ListPage({ search }: { search: ListSearch }) {
  const { t, i18n } = useLingui();
  const noun = useNoun();
  const navigate = useNavigate({ from: noun.listPath });
  const isPhone = useIsPhone();
  const fields = useFields(noun);
  const { views, view, isPending } = useViews(noun.source, search.view);
  const shown = effectiveSearch(search, view);
  const columns = useColumns(noun, fields, view);
  const list = useRows(noun.source, isPending ? null : shown);
  const { rows } = list;
  const idAt = useCallback((index: number) => rows[index]?.id, [rows]);
  const selection = useSelection(JSON.stringify([shown.q, shown.sort, shown.filter, shown.trashed]), idAt);
  const scrollRef = useRef<HTMLDivElement>(null);

  const change: ChangeSearch = (next, { replace = false } = {}) => {
    void navigate({ search: (before) => ({ ...before, ...next }), replace });
    if (!("open" in next)) scrollRef.current?.scrollTo({ top: 0 });
  };
  const open = (record: CrmRecord) => change({ open: record.id }, { replace: search.open !== undefined });
  const close = () => change({ open: undefined }, { replace: true });
  const inTrash = search.trashed === true;

  return (
    <Page
      title={inTrash ? t`Trash` : i18n._(noun.words.many)}
      icon={inTrash ? Trash2 : noun.icon}
      fixed
      actions={
        <HeaderActions
          inTrash={inTrash}
          onTrash={() => change({ trashed: inTrash ? undefined : true, open: undefined, view: undefined })}
        />
      }
    >
      <ListToolbar
        search={shown}
        fields={fields}
        columns={columns}
        onChange={change}
        views={
          inTrash ? null : (
            <ViewMenu views={views} view={view} search={search} shown={shown} columns={columns} onChange={change} />
          )
        }
      />
      <div className="relative flex min-h-0 flex-1 flex-col">
        <ListBody
          list={list}
          search={shown}
          onReset={() => change({ q: undefined, filter: view?.filter ? NO_FILTER : undefined })}
        >
          {isPhone ? (
            <Suspense>
              <Cards list={list} search={{ ...search, open: undefined }} scrollRef={scrollRef} />
            </Suspense>
          ) : (
            <Table
              search={shown}
              list={list}
              columns={columns}
              selection={selection}
              scrollRef={scrollRef}
              onChange={change}
              onOpen={open}
            />
          )}
        </ListBody>
        <Suspense>
          {(selection.all || selection.ids.size > 0) && (
            <BulkBar selection={selection} search={shown} total={list.total} fields={fields} />
          )}
        </Suspense>
        {!isPhone && <ListFooter list={list} />}
      </div>
      <Suspense>
        {search.open && <RecordPanel id={search.open} search={search} rows={rows} onOpen={open} onClose={close} />}
      </Suspense>
      <ConflictDialog />
    </Page>
  );
}

interface TableProps {
  search: ListSearch;
  list: Rows;
  columns: Columns;
  selection: Selection;
  scrollRef: React.RefObject<HTMLDivElement | null>;
  onChange: ChangeSearch;
  onOpen: (record: CrmRecord) => void;
}

function Table({ search, list, columns, selection, scrollRef, onChange, onOpen }: TableProps) {
  const { t, i18n } = useLingui();
  const { source, words } = useNoun();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "contacts" });
  return (
    <Grid
      label={i18n._(words.many)}
      list={list}
      columns={columns}
      sort={search.sort}
      onSort={(sort) => onChange({ sort })}
      selection={selection}
      openId={search.open}
      onOpen={onOpen}
      onSave={(record, patch) => saveRecord(queryClient, source, record, patch)}
      onPaste={(...block) => void import("./paste").then(({ paste }) => paste(queryClient, source, ...block))}
      readOnlyReason={search.trashed ? t`What is in the trash can't be changed.` : refusal}
      scrollRef={scrollRef}
    />
  );
}

function HeaderActions({ inTrash, onTrash }: { inTrash: boolean; onTrash: () => void }) {
  const { t, i18n } = useLingui();
  const { source, words, createOverlay } = useNoun();
  const navigate = useNavigate();
  const refusal = useRefusal({ part: "contacts" });
  return (
    <>
      <IconButton
        size="sm"
        icon={inTrash ? X : Trash2}
        label={inTrash ? t`Leave the trash` : t`Trash`}
        onClick={onTrash}
      />
      {source.noun === "contact" && (
        <Button
          size="sm"
          icon={FileUp}
          disabledReason={refusal}
          className="max-wide:hidden"
          onClick={() => void navigate({ to: paths.imports })}
        >
          {t`Import`}
        </Button>
      )}
      <Button
        size="sm"
        variant="primary"
        icon={Plus}
        disabledReason={refusal}
        className="max-wide:hidden"
        onClick={() => setOverlay(createOverlay)}
      >
        {i18n._(words.create)}
      </Button>
    </>
  );
}
