import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, RotateCcw, Star, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { explain } from "@/api/errors";
import { useFavourite } from "@/api/favourites";
import { isProblem } from "@/api/problem";
import type { Contact } from "@/api/types";
import { type Action, toMenuEntries, useActions } from "@/app/actions";
import { OfflineState } from "@/app/error-page";
import { toastFailed } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { Composer } from "@/features/timeline/composer";
import { Timeline } from "@/features/timeline/timeline";
import { useIsPhone } from "@/lib/use-media";
import { Avatar } from "@/ui/avatar";
import { Banner } from "@/ui/banner";
import { Button, IconButton } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Menu } from "@/ui/menu";
import { Segmented } from "@/ui/segmented";
import { Skeleton, SkeletonLines } from "@/ui/skeleton";

import { restoreContact, trashContact } from "./changes";
import { ContactFields } from "./contact-fields";
import { fieldOf } from "./fields";
import { InPlace } from "./in-place";
import { contactQuery, shownContact } from "./queries";
import { saveContact } from "./save";

/** Everything about one person: the same in panel and page. */
export function ContactRecord({ id }: { id: string }) {
  const queryClient = useQueryClient();
  const query = useQuery({ ...contactQuery(id), placeholderData: () => shownContact(queryClient, id) });
  if (query.data) return <Record contact={query.data} />;
  if (query.isPending) return <RecordSkeleton />;
  if (isProblem(query.error, 0)) return <OfflineState onRetry={() => void query.refetch()} />;
  const { title, description } = explain(query.error);
  return (
    <EmptyState kind="nothing" title={title}>
      {description}
    </EmptyState>
  );
}

function Record({ contact }: { contact: Contact }) {
  const isPhone = useIsPhone();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <RecordHead contact={contact} />
      {isPhone ? <PhoneBody contact={contact} /> : <WideBody contact={contact} />}
    </div>
  );
}

function useReadOnlyReason(contact: Contact): string | undefined {
  const { t } = useLingui();
  const refusal = useRefusal({ part: "contacts" });
  return contact.deleted_at ? t`What is in the trash can't be changed.` : refusal;
}

function RecordHead({ contact }: { contact: Contact }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const readOnlyReason = useReadOnlyReason(contact);
  const name = contact.name;
  const { isFavourite, toggle } = useFavourite(contact.id, name);
  const refusal = useRefusal({ part: "contacts" });
  const actions = useMemo<Action[]>(
    () =>
      contact.deleted_at
        ? [
            {
              id: "restore",
              label: t`Restore`,
              section: t`Record`,
              icon: RotateCcw,
              disabledReason: refusal,
              run: () => void restoreContact(queryClient, contact),
            },
          ]
        : [
            {
              id: "trash",
              label: t`Move to the trash`,
              section: t`Record`,
              icon: Trash2,
              tone: "danger",
              disabledReason: refusal,
              run: () => void trashContact(queryClient, contact),
            },
          ],
    [contact, queryClient, refusal, t],
  );
  useActions(actions);
  return (
    <div className="flex shrink-0 flex-col gap-3 px-5 pt-4 pb-3">
      <div className="flex items-center gap-3">
        <Avatar name={name} src={contact.avatar_url} size="lg" />
        <div className="min-w-0 flex-1">
          <InPlace
            contact={contact}
            field={fieldOf("name")}
            readOnlyReason={readOnlyReason}
            onSave={(patch) => saveContact(queryClient, contact, patch)}
            className="text-lg font-semibold"
          />
          <p className="truncate px-1.5 text-ink-muted">
            <bdi>{[contact.title, contact.company_name].filter(Boolean).join(" · ")}</bdi>
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
      {contact.deleted_at && (
        <Banner
          tone="warn"
          action={<Button size="sm" onClick={() => void restoreContact(queryClient, contact)}>{t`Restore`}</Button>}
        >
          {t`This person is in the trash.`}
        </Banner>
      )}
    </div>
  );
}

function WideBody({ contact }: { contact: Contact }) {
  const readOnlyReason = useReadOnlyReason(contact);
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(15rem,20rem)_minmax(0,1fr)] border-t">
      <div className="overflow-y-auto border-e px-4 py-3">
        <ContactFields contact={contact} readOnlyReason={readOnlyReason} />
      </div>
      <div className="overflow-y-auto px-5 py-4">
        <Activity contact={contact} />
      </div>
    </div>
  );
}

function PhoneBody({ contact }: { contact: Contact }) {
  const { t } = useLingui();
  const [tab, setTab] = useState<"timeline" | "details">("timeline");
  const readOnlyReason = useReadOnlyReason(contact);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-6">
      <Segmented
        label={t`Parts of the record`}
        value={tab}
        onChange={setTab}
        options={[
          { value: "timeline", label: t`Timeline` },
          { value: "details", label: t`Details` },
        ]}
      />
      <div className="pt-4">
        {tab === "timeline" ? (
          <Activity contact={contact} />
        ) : (
          <ContactFields contact={contact} readOnlyReason={readOnlyReason} />
        )}
      </div>
    </div>
  );
}

function Activity({ contact }: { contact: Contact }) {
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-5">
      {!contact.deleted_at && <Composer contactId={contact.id} />}
      <Timeline contactId={contact.id} />
    </div>
  );
}

function RecordSkeleton() {
  const { t } = useLingui();
  return (
    <div className="flex flex-col gap-6 px-5 pt-4">
      <div className="flex items-center gap-3">
        <Skeleton className="size-12 rounded-full" />
        <Skeleton className="h-6 w-48" />
      </div>
      <SkeletonLines lines={6} label={t`Loading`} />
    </div>
  );
}
