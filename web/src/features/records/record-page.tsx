import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { Page } from "@/app/layout/page";
import { ConflictDialog } from "./conflict-dialog";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import { Neighbours } from "./panel";
import { recordQuery } from "./queries";
import type { CrmRecord } from "./record";
import { RecordView } from "./record-view";
import { useRows } from "./use-rows";
import { effectiveSearch, useViews } from "./views";

const AHEAD = 20;

/** A record on a page of its own. The address holds the list it was opened from, so that previous and next walk it. */
export function RecordPage({ id, search }: { id: string; search: ListSearch }) {
  const { i18n } = useLingui();
  const noun = useNoun();
  const navigate = useNavigate();
  const { data } = useQuery(recordQuery(noun.source, id));
  const { view, isPending } = useViews(noun.source, search.view);
  const list = useRows(noun.source, isPending ? null : effectiveSearch(search, view));
  const { rows, reach } = list;
  const index = rows.findIndex((row) => row.id === id);
  useEffect(() => reach(index + AHEAD));
  const open = useCallback(
    (record: CrmRecord) => void navigate({ to: noun.recordPath, params: { id: record.id }, search, replace: true }),
    [navigate, noun.recordPath, search],
  );
  return (
    <Page
      title={data?.name || i18n._(noun.words.one)}
      icon={noun.icon}
      fixed
      actions={
        <>
          {index >= 0 && <Neighbours id={id} rows={rows} onOpen={open} />}
          <Link to={noun.listPath} search={search} className="text-accent-text underline-offset-2 hover:underline">
            {view?.name ?? i18n._(noun.words.all)}
          </Link>
        </>
      }
    >
      <RecordView key={id} id={id} />
      <ConflictDialog />
    </Page>
  );
}
