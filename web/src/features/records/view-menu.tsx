import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, Lock, PencilLine, Plus, RotateCcw, Save, Star, Trash2, Users } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useFavourite } from "@/api/favourites";
import { useSignedIn } from "@/api/session";
import { atLeast, useWorkspace } from "@/api/me";
import type { View } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { Button } from "@/ui/button";
import { Menu, type MenuEntry } from "@/ui/menu";
import { type Columns, columnsOfLayout } from "./columns";
import type { ChangeSearch } from "./list-page";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import { changeView, deleteView, isViewChanged, type ViewFields } from "./views";

const ViewDialog = lazy(() => import("./view-dialog").then((module) => ({ default: module.ViewDialog })));

interface ViewMenuProps {
  views: readonly View[];
  /** The one on screen; undefined is "all". */
  view: View | undefined;
  /** The address, and what it comes to over the view. */
  search: ListSearch;
  shown: ListSearch;
  columns: Columns;
  onChange: ChangeSearch;
}

/** Which view; and, once something was changed, what to do with the change. */
export function ViewMenu({ views, view, search, shown, columns, onChange }: ViewMenuProps) {
  const { t, i18n } = useLingui();
  const { words } = useNoun();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<"create" | "edit" | null>(null);
  const refusal = useRefusal({ part: "contacts" });
  const changeRefusal = useChangeRefusal(view);
  const isChanged = isViewChanged(search, view) || columns.isChanged;
  const fields: Omit<ViewFields, "name" | "shared"> = {
    columns: columnsOfLayout(columns.layout),
    sort: shown.sort ?? null,
    filter: shown.filter ?? null,
  };

  const show = (id: string | undefined) => onChange({ view: id, sort: undefined, filter: undefined, q: undefined });
  const reset = () => {
    columns.reset();
    onChange({ sort: undefined, filter: undefined });
  };
  async function update() {
    try {
      await changeView(queryClient, view!, fields);
      reset();
    } catch (error) {
      toastFailed(error);
    }
  }
  async function remove() {
    show(undefined);
    await deleteView(queryClient, view!).catch(toastFailed);
  }

  const { isFavourite, toggle } = useFavourite("view", view?.id ?? "", view?.name ?? "");
  const entries: MenuEntry[] = [
    { id: "all", label: i18n._(words.all), checked: !view, run: () => show(undefined) },
    ...views.map((each) => ({
      id: each.id,
      label: each.name,
      icon: each.shared ? Users : Lock,
      checked: each.id === view?.id,
      run: () => show(each.id),
    })),
    "separator",
    { id: "create", label: t`Save as a new view`, icon: Plus, disabledReason: refusal, run: () => setDialog("create") },
  ];
  if (view) {
    entries.push(
      {
        id: "edit",
        label: t`Rename or share`,
        icon: PencilLine,
        disabledReason: changeRefusal,
        run: () => setDialog("edit"),
      },
      {
        id: "favourite",
        label: isFavourite ? t`Remove from favourites` : t`Add to favourites`,
        icon: Star,
        run: () => void toggle().catch(toastFailed),
      },
      {
        id: "delete",
        label: t`Delete the view`,
        icon: Trash2,
        tone: "danger",
        disabledReason: changeRefusal,
        run: () => void remove(),
      },
    );
  }

  return (
    <>
      <Menu
        trigger={
          <Button size="sm" variant="ghost" className="max-w-56">
            <span className="truncate font-semibold text-ink">
              <bdi>{view?.name ?? i18n._(words.all)}</bdi>
            </span>
            <ChevronDown aria-hidden className="size-3.5" />
          </Button>
        }
        entries={entries}
      />
      {isChanged && (
        // Behind the chips, so that nothing moves when it comes.
        <span className="order-1 flex items-center gap-1 max-wide:hidden">
          {view && (
            <Button size="sm" icon={Save} disabledReason={changeRefusal} onClick={() => void update()}>
              {t`Update view`}
            </Button>
          )}
          {!view && (
            <Button size="sm" icon={Save} disabledReason={refusal} onClick={() => setDialog("create")}>
              {t`Save as view`}
            </Button>
          )}
          <Button size="sm" variant="ghost" icon={RotateCcw} onClick={reset}>
            {t`Reset`}
          </Button>
        </span>
      )}
      <Suspense>
        {dialog && (
          <ViewDialog
            {...(dialog === "edit" && { view: view! })}
            fields={fields}
            onClose={() => setDialog(null)}
            onCreated={(created) => {
              columns.reset();
              show(created.id);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

/** Why the view on screen can't be changed; a shared one is its maker's and the admins'. */
function useChangeRefusal(view: View | undefined): string | undefined {
  const { t } = useLingui();
  const refusal = useRefusal({ part: "contacts" });
  const user = useSignedIn();
  const workspace = useWorkspace();
  if (refusal || !view || view.created_by === user?.id || atLeast(workspace?.role, "admin")) return refusal;
  return t`Only its maker or an admin may change this view.`;
}
