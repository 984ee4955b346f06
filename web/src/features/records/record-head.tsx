import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Ellipsis, History, RotateCcw, Star, Trash2 } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { useFavourite } from "@/api/favourites";
import { type Action, toMenuEntries, useActions } from "@/app/actions";
import { toastFailed } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { Banner } from "@/ui/banner";
import { Button, IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { restoreRecord, trashRecord } from "./changes";
import { InPlace } from "./in-place";
import { useNoun } from "./noun-context";
import { useReadOnlyReason } from "./read-only";
import type { CrmRecord } from "./record";
import { RecordAvatar } from "./record-avatar";
import { saveRecord } from "./save";
import { useSubtitle } from "./subtitle";

const HistoryDialog = lazy(() => import("./history-dialog").then((module) => ({ default: module.HistoryDialog })));

export function RecordHead({ record }: { record: CrmRecord }) {
  const { t, i18n } = useLingui();
  const queryClient = useQueryClient();
  const noun = useNoun();
  const readOnlyReason = useReadOnlyReason(record);
  const subtitle = useSubtitle(record);
  const [showsHistory, setShowsHistory] = useState(false);
  const { isFavourite, toggle } = useFavourite(noun.source.noun, record.id, record.name);
  const refusal = useRefusal({ part: "contacts" });
  const actions = useMemo<Action[]>(
    () => [
      {
        id: "history",
        label: t`History`,
        section: t`Record`,
        icon: History,
        keys: "H",
        run: () => setShowsHistory(true),
      },
      record.deleted_at
        ? {
            id: "restore",
            label: t`Restore`,
            section: t`Record`,
            icon: RotateCcw,
            disabledReason: refusal,
            run: () => void restoreRecord(queryClient, noun, record),
          }
        : {
            id: "trash",
            label: t`Move to the trash`,
            section: t`Record`,
            icon: Trash2,
            tone: "danger",
            disabledReason: refusal,
            run: () => void trashRecord(queryClient, noun, record),
          },
    ],
    [record, queryClient, noun, refusal, t],
  );
  useActions(actions);
  return (
    <div className="flex shrink-0 flex-col gap-3 px-5 pt-4 pb-3">
      <div className="flex items-center gap-3">
        <RecordAvatar record={record} size="lg" />
        <div className="min-w-0 flex-1">
          <InPlace
            record={record}
            field={noun.fields[0]!}
            readOnlyReason={readOnlyReason}
            onSave={(patch, before) => saveRecord(queryClient, noun.source, before, patch)}
            className="text-lg font-semibold"
          />
          <p className="truncate px-1.5 text-ink-muted" title={subtitle}>
            <bdi>{subtitle}</bdi>
          </p>
        </div>
        <IconButton
          icon={Star}
          label={isFavourite ? t`Remove from favourites` : t`Add to favourites`}
          pressed={isFavourite}
          onClick={() => void toggle().catch(toastFailed)}
        />
        <Menu align="end" trigger={<IconButton icon={Ellipsis} label={t`More`} />} entries={toMenuEntries(actions)} />
      </div>
      {record.deleted_at && (
        <Banner
          tone="warn"
          action={<Button size="sm" onClick={() => void restoreRecord(queryClient, noun, record)}>{t`Restore`}</Button>}
        >
          {i18n._(noun.words.inTrash)}
        </Banner>
      )}
      <Suspense>{showsHistory && <HistoryDialog record={record} onClose={() => setShowsHistory(false)} />}</Suspense>
    </div>
  );
}
