import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { FileUp, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { explain } from "@/api/errors";
import { useRefusal } from "@/app/may";
import { setOverlay } from "@/app/overlays";
import { paths } from "@/app/paths";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import type { Rows } from "./use-rows";

interface ListBodyProps {
  list: Rows;
  search: ListSearch;
  onReset: () => void;
  children: ReactNode;
}

/** The rows, or the one of four empty states that fits. */
export function ListBody({ list, search, onReset, children }: ListBodyProps) {
  const { t, i18n } = useLingui();
  const { words } = useNoun();
  const refusal = useRefusal({ part: "contacts" });
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
        title={i18n._(words.noneMatches)}
        action={<Button onClick={onReset}>{t`Clear search and filters`}</Button>}
      >
        {t`Try fewer words, or another spelling.`}
      </EmptyState>
    );
  }
  if (search.trashed) {
    return (
      <EmptyState kind="trash" title={t`The trash is empty`}>
        {i18n._(words.trashHint)}
      </EmptyState>
    );
  }
  if (refusal) {
    return (
      <EmptyState kind="readonly" title={i18n._(words.noneYet)}>
        {refusal}
      </EmptyState>
    );
  }
  return <NothingYet />;
}

function NothingYet() {
  const { t, i18n } = useLingui();
  const { words, icon, createOverlay } = useNoun();
  const navigate = useNavigate();
  return (
    <EmptyState
      kind="nothing"
      icon={icon}
      title={i18n._(words.noneYet)}
      action={
        <>
          <Button icon={FileUp} onClick={() => void navigate({ to: paths.imports })}>{t`Import a file`}</Button>
          <Button variant="primary" icon={Plus} onClick={() => setOverlay(createOverlay)}>
            {i18n._(words.create)}
          </Button>
        </>
      }
    >
      {i18n._(words.beginWith)}
    </EmptyState>
  );
}
