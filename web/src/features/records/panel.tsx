import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Maximize2, X } from "lucide-react";
import { useMemo } from "react";
import { type Action, useActions } from "@/app/actions";
import { IconButton } from "@/ui/button";
import { SidePanel } from "@/ui/side-panel";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import { RecordView } from "./record-view";
import type { CrmRecord } from "./record";

interface PanelProps {
  id: string;
  search: ListSearch;
  rows: readonly CrmRecord[];
  onOpen: (record: CrmRecord) => void;
  onClose: () => void;
}

/** A record over its list: the list keeps its place, previous and next walk it. */
export function RecordPanel({ id, search, rows, onOpen, onClose }: PanelProps) {
  const { t, i18n } = useLingui();
  const { words, recordPath } = useNoun();
  const navigate = useNavigate();
  const asPage = useMemo<Action>(
    () => ({
      id: "panel-page",
      label: t`Open as page`,
      section: t`Record`,
      icon: Maximize2,
      keys: "O",
      run: () => void navigate({ to: recordPath, params: { id }, search: { ...search, open: undefined } }),
    }),
    [t, navigate, recordPath, id, search],
  );
  useActions(useMemo(() => [asPage], [asPage]));
  const record = rows.find((row) => row.id === id);
  return (
    <SidePanel open onOpenChange={(open) => !open && onClose()} label={record?.name || i18n._(words.one)}>
      <div className="flex h-bar shrink-0 items-center gap-0.5 border-b px-2">
        <IconButton size="sm" icon={X} label={t`Close`} keys="Escape" onClick={onClose} />
        <Neighbours id={id} rows={rows} onOpen={onOpen} />
        <IconButton size="sm" icon={Maximize2} label={asPage.label} keys="O" className="ms-auto" onClick={asPage.run} />
      </div>
      <RecordView key={id} id={id} />
    </SidePanel>
  );
}

interface NeighboursProps {
  id: string;
  rows: readonly CrmRecord[];
  onOpen: (record: CrmRecord) => void;
}

/** Previous and next within the view. */
export function Neighbours({ id, rows, onOpen }: NeighboursProps) {
  const { t, i18n } = useLingui();
  const { words } = useNoun();
  const index = rows.findIndex((row) => row.id === id);
  const previous = index > 0 ? rows[index - 1] : undefined;
  const next = index >= 0 ? rows[index + 1] : undefined;
  const actions = useMemo<Action[]>(
    () => [
      {
        id: "record-previous",
        label: i18n._(words.previous),
        section: t`Record`,
        icon: ChevronUp,
        keys: "K",
        disabledReason: previous ? undefined : t`This is the first.`,
        run: () => previous && onOpen(previous),
      },
      {
        id: "record-next",
        label: i18n._(words.next),
        section: t`Record`,
        icon: ChevronDown,
        keys: "J",
        disabledReason: next ? undefined : t`This is the last one loaded.`,
        run: () => next && onOpen(next),
      },
    ],
    [t, i18n, words, previous, next, onOpen],
  );
  useActions(actions);
  return actions.map(({ id: actionId, label, icon, keys, disabledReason, run }) => (
    <IconButton
      key={actionId}
      size="sm"
      icon={icon!}
      label={label}
      {...(keys && { keys })}
      disabled={Boolean(disabledReason)}
      onClick={run}
    />
  ));
}
