import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect } from "react";
import { formatAgo } from "@/lib/format";
import { Skeleton } from "@/ui/skeleton";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import { RecordAvatar } from "./record-avatar";
import { type CrmRecord, valueAt } from "./record";
import { useSubtitle } from "./subtitle";
import type { Rows } from "./use-rows";

const CARD_PX = 60;

interface CardsProps {
  list: Rows;
  search: ListSearch;
  scrollRef: RefObject<HTMLDivElement | null>;
}

/** The phone's list: who, where, and when one last met; press opens the page. */
export function Cards({ list, search, scrollRef }: CardsProps) {
  const virtualizer = useVirtualizer({
    count: list.count,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => CARD_PX,
    overscan: 8,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const { reach } = list;
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => reach(lastIndex + 50));
  return (
    <div ref={scrollRef} className="min-h-0 flex-1 overflow-y-auto" data-scroll-restoration-id="list">
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const record = list.rows[item.index];
          return (
            <li
              key={item.key}
              className="absolute inset-x-0 top-0 border-b"
              style={{ height: CARD_PX, transform: `translateY(${item.start}px)` }}
            >
              {record ? (
                <Card record={record} search={search} />
              ) : (
                <span className="flex h-full items-center gap-3 px-4">
                  <Skeleton className="size-8 rounded-full" />
                  <Skeleton className="h-3.5 w-40" />
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Card({ record, search }: { record: CrmRecord; search: ListSearch }) {
  const { i18n } = useLingui();
  const noun = useNoun();
  const subtitle = useSubtitle(record);
  const lastActivity = valueAt(record, "last_activity_at") as string | null | undefined;
  return (
    <Link
      to={noun.recordPath}
      params={{ id: record.id }}
      search={search}
      className="flex h-full items-center gap-3 px-4 outline-offset-[-2px] active:bg-press"
    >
      <RecordAvatar record={record} size="md" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-md font-medium">
          <bdi>{record.name || i18n._(noun.words.noName)}</bdi>
        </span>
        <span className="block truncate text-ink-muted">
          <bdi>{subtitle}</bdi>
        </span>
      </span>
      {lastActivity && <span className="shrink-0 text-sm text-ink-faint">{formatAgo(lastActivity)}</span>}
    </Link>
  );
}
