import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect } from "react";
import { paths } from "@/app/paths";
import { formatAgo } from "@/lib/format";
import { Avatar } from "@/ui/avatar";
import { Skeleton } from "@/ui/skeleton";
import { primaryOf } from "./fields";
import type { ContactRows } from "./use-contact-rows";

const CARD_PX = 60;

/** The phone's list: who, where, and when one last met; press opens the page. */
export function ContactCards({ list, scrollRef }: { list: ContactRows; scrollRef: RefObject<HTMLDivElement | null> }) {
  const { t } = useLingui();
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
    <div ref={scrollRef} className="min-h-0 flex-1 overflow-y-auto" data-scroll-restoration-id="people">
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const contact = list.rows[item.index];
          return (
            <li
              key={item.key}
              className="absolute inset-x-0 top-0 border-b"
              style={{ height: CARD_PX, transform: `translateY(${item.start}px)` }}
            >
              {contact ? (
                <Link
                  to={paths.person}
                  params={{ id: contact.id }}
                  className="flex h-full items-center gap-3 px-4 outline-offset-[-2px] active:bg-press"
                >
                  <Avatar name={contact.name ?? ""} src={contact.avatar_url} size="md" />
                  <span className="min-w-0 flex-1">
                    <span className="block truncate text-md font-medium">
                      <bdi>{contact.name || t`No name`}</bdi>
                    </span>
                    <span className="block truncate text-ink-muted">
                      <bdi>
                        {[contact.title, contact.company_name].filter(Boolean).join(" · ") ||
                          primaryOf(contact.emails)?.value}
                      </bdi>
                    </span>
                  </span>
                  {contact.last_activity_at && (
                    <span className="shrink-0 text-sm text-ink-faint">{formatAgo(contact.last_activity_at)}</span>
                  )}
                </Link>
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
