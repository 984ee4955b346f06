import { useLingui } from "@lingui/react/macro";
import { useNoun } from "./noun-context";
import type { Rows } from "./use-rows";

export function ListFooter({ list }: { list: Rows }) {
  const { t } = useLingui();
  const { words } = useNoun();
  return (
    <footer className="flex h-8 shrink-0 items-center gap-4 border-t px-3 text-sm text-ink-faint tabular">
      <span role="status">{list.isPending ? "" : list.isStale ? t`Searching…` : words.count(list.total)}</span>
      <span className="ms-auto max-xl:hidden">{t`Arrows move · Enter edits · Space selects · Ctrl Enter opens`}</span>
    </footer>
  );
}
