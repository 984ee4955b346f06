import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useLingui } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building2, CalendarDays, Search, User } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { api } from "@/api/client";
import type { SearchItem } from "@/api/types";
import { rank } from "@/lib/rank";
import { Backdrop } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { type Action, useAllActions } from "./actions";
import { paths } from "./paths";

interface Section {
  value: string;
  items: Action[];
}

/** Everything that can be done and found from here. Enter runs, Escape leaves. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const sections = useSections(text);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Backdrop />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center wide:px-4 wide:pt-[14vh]">
          <Dialog.Popup
            aria-label={t`Search and commands`}
            className="flex h-full w-full max-w-xl popup flex-col overflow-hidden max-wide:rounded-none wide:h-auto wide:max-h-[min(28rem,70vh)]"
          >
            <Autocomplete.Root
              open
              inline
              mode="none"
              items={sections}
              value={text}
              onValueChange={setText}
              itemToStringValue={(action: Action) => action.label}
              autoHighlight="always"
              keepHighlight
            >
              <div className="flex items-center gap-2.5 border-b px-4">
                <Search aria-hidden className="size-4 text-ink-faint" />
                <Autocomplete.Input
                  aria-label={t`Search and commands`}
                  placeholder={t`Find people, or do something`}
                  className="h-12 min-w-0 flex-1 bg-transparent text-md outline-none"
                />
                <Dialog.Close className="h-control font-medium text-accent-text wide:hidden">{t`Close`}</Dialog.Close>
              </div>
              <Autocomplete.Empty>
                <div className="p-6 text-center text-ink-muted empty:hidden">{t`Nothing is called that.`}</div>
              </Autocomplete.Empty>
              <Autocomplete.List className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2 data-empty:p-0">
                {(section: Section) => (
                  <Autocomplete.Group key={section.value} items={section.items} className="pb-1">
                    <Autocomplete.GroupLabel className="px-2 py-1 text-sm text-ink-faint">
                      {section.value}
                    </Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(action: Action) => <Row key={action.id} action={action} onRun={onClose} />}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ action, onRun }: { action: Action; onRun: () => void }) {
  const Icon = action.icon;
  return (
    <Autocomplete.Item
      value={action}
      disabled={Boolean(action.disabledReason)}
      className="item min-h-9"
      onClick={() => {
        onRun();
        action.run();
      }}
    >
      {Icon && <Icon aria-hidden className="size-4 shrink-0 text-ink-faint" strokeWidth={1.75} />}
      <span className="min-w-0 flex-1 truncate">
        <bdi>{action.label}</bdi>
        {action.keywords && action.id.startsWith("found-") && (
          <span className="ms-2 text-ink-faint">{action.keywords}</span>
        )}
      </span>
      {action.disabledReason && <span className="text-sm text-ink-faint">{action.disabledReason}</span>}
      {action.keys && <Kbd keys={action.keys} />}
    </Autocomplete.Item>
  );
}

function useSections(text: string): Section[] {
  const { t } = useLingui();
  const actions = useAllActions();
  const found = useFound(text);
  return useMemo(() => {
    const offered = actions.filter((action) => action.id !== "palette" && action.id !== "search");
    const matching = rank(offered, text, (action) => `${action.label} ${action.keywords ?? ""}`);
    const sections = new Map<string, Action[]>();
    if (found.length > 0) sections.set(t`Found`, found);
    for (const action of matching) sections.set(action.section, [...(sections.get(action.section) ?? []), action]);
    return [...sections].map(([value, items]) => ({ value, items }));
  }, [actions, found, text, t]);
}

const ICONS = { contact: User, company: Building2, event: CalendarDays, deal: CalendarDays };

/** What the server finds for the text, as actions that open it. */
function useFound(text: string): Action[] {
  const { t } = useLingui();
  const navigate = useNavigate();
  const q = useDeferredValue(text.trim());
  const { data } = useQuery({
    queryKey: ["search", q],
    queryFn: async ({ signal }) =>
      (await api.GET("/api/v1/search", { params: { query: { q, limit: 8 } }, signal })).data!.items,
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    meta: { persist: false },
  });
  return useMemo(() => {
    if (!q) return [];
    return (data ?? []).filter(isReachable).map((item) => ({
      id: `found-${item.id}`,
      label: item.title,
      section: t`Found`,
      icon: ICONS[item.kind],
      keywords: item.subtitle ?? "",
      run: () => void navigate({ to: paths.person, params: { id: item.id } }),
    }));
  }, [data, q, t, navigate]);
}

function isReachable(item: SearchItem): boolean {
  return item.kind === "contact";
}
