import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { explain } from "@/api/errors";
import { undo } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { formatDateTime } from "@/lib/format";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SkeletonLines } from "@/ui/skeleton";
import { pathLabel, useFields } from "./fields";
import { useNoun } from "./noun-context";
import { historyQuery } from "./queries";
import type { CrmRecord } from "./record";
import type { HistoryItem } from "./source";
import { useShownValue } from "./values";

/** Every operation on a record, newest first, each with what it changed and an Undo of its own. */
export function HistoryDialog({ record, onClose }: { record: CrmRecord; onClose: () => void }) {
  const { t } = useLingui();
  const { source } = useNoun();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    historyQuery(source, record.id),
  );
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => !open && onClose()}
      title={t`History`}
      description={<bdi>{record.name}</bdi>}
      footer={<Button onClick={onClose}>{t`Close`}</Button>}
    >
      {isPending && <SkeletonLines lines={6} label={t`Loading`} />}
      {error && items.length === 0 && <Banner tone="warn">{explain(error).title}</Banner>}
      <ol className="flex flex-col divide-y">
        {items.map((item) => (
          <Entry key={item.id} item={item} />
        ))}
      </ol>
      {hasNextPage && (
        <Button variant="ghost" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t`Show older`}
        </Button>
      )}
    </Dialog>
  );
}

function Entry({ item }: { item: HistoryItem }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "contacts" });
  const verb = useVerb(item);
  return (
    <li className="flex items-start gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p>
          <bdi className="font-medium">{item.actor.name ?? t`Somebody`}</bdi>{" "}
          <span className="text-ink-muted">{verb}</span>
        </p>
        <Changes item={item} />
      </div>
      <time dateTime={item.at} className="shrink-0 pt-0.5 text-sm text-ink-faint tabular">
        {formatDateTime(item.at)}
      </time>
      <Button
        size="sm"
        variant="ghost"
        icon={Undo2}
        disabledReason={refusal}
        onClick={() => void undo(queryClient, item.operation_id)}
      >
        {t`Undo`}
      </Button>
    </li>
  );
}

function useVerb({ verb, changes }: HistoryItem): string {
  const { t } = useLingui();
  switch (verb.split(".")[1]) {
    case "created":
      return t`created it`;
    case "trashed":
      return t`moved it to the trash`;
    case "restored":
      return t`brought it back`;
    case "merged":
      return t`merged another record into it`;
    case "unmerged":
      return t`took a merge back`;
    default:
      return plural(changes.length, { one: "changed a value", other: "changed # values" });
  }
}

function Changes({ item }: { item: HistoryItem }) {
  const { t } = useLingui();
  const fields = useFields(useNoun());
  const shown = useShownValue();
  return (
    <dl className="mt-0.5 grid grid-cols-[minmax(5rem,8rem)_minmax(0,1fr)] gap-x-3">
      {item.changes.map(({ field, from, to }) => (
        <div key={field} className="contents">
          <dt className="truncate text-ink-faint">{pathLabel(fields, field)}</dt>
          <dd className="break-words">
            {from !== null && (
              <>
                <del className="text-ink-faint decoration-1">
                  <bdi>{shown(field, from)}</bdi>
                </del>{" "}
                <span aria-hidden className="inline-block text-ink-faint rtl:-scale-x-100">
                  →
                </span>{" "}
              </>
            )}
            <bdi>{shown(field, to) || t`empty`}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
