import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, Tag as TagIcon, Trash2, UserRound, X } from "lucide-react";
import { useMemo } from "react";
import { membersQuery } from "@/api/me";
import { type Action, useActions } from "@/app/actions";
import { useRefusal } from "@/app/may";
import { Button, IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { type BulkAction, changeMany } from "./changes";
import { tagsQuery } from "./lookups";
import type { Selection } from "./selection";

interface BulkBarProps {
  selection: Selection;
  inTrash: boolean;
}

/** What can be done with the rows picked; the same actions are in the palette. */
export function BulkBar({ selection, inTrash }: BulkBarProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: tags = [] } = useQuery(tagsQuery);
  const { data: members = [] } = useQuery(membersQuery);
  const refusal = useRefusal({ part: "contacts" });
  const { ids, clear } = selection;
  const run = (change: BulkAction) => {
    clear();
    void changeMany(queryClient, [...ids], change);
  };
  const count = plural(ids.size, { one: "# selected", other: "# selected" });
  const throwAway: BulkAction = { action: inTrash ? "restore" : "trash" };

  useActions(
    useMemo<Action[]>(
      () => [
        {
          id: "bulk-trash",
          label: inTrash ? t`Restore the selected` : t`Move the selected to the trash`,
          section: t`Selection`,
          icon: inTrash ? RotateCcw : Trash2,
          disabledReason: refusal,
          run: () => {
            clear();
            void changeMany(queryClient, [...ids], { action: inTrash ? "restore" : "trash" });
          },
        },
        { id: "bulk-clear", label: t`Clear the selection`, section: t`Selection`, icon: X, run: clear },
      ],
      [t, inTrash, refusal, clear, queryClient, ids],
    ),
  );

  return (
    <div
      role="toolbar"
      aria-label={t`Selection`}
      className="absolute inset-x-0 bottom-10 z-20 mx-auto flex w-fit max-w-[calc(100%-1rem)] popup animate-appear items-center gap-1 p-1.5"
    >
      <span className="px-2 font-medium whitespace-nowrap tabular">{count}</span>
      {!inTrash && (
        <>
          <Menu
            side="top"
            trigger={<Button size="sm" variant="ghost" icon={TagIcon} disabledReason={refusal}>{t`Tag`}</Button>}
            entries={tags.map(({ id, name }) => ({
              id,
              label: name,
              run: () => run({ action: "add_tag", tag: name }),
            }))}
          />
          <Menu
            side="top"
            trigger={<Button size="sm" variant="ghost" icon={UserRound} disabledReason={refusal}>{t`Owner`}</Button>}
            entries={members.map(({ user_id, name }) => ({
              id: user_id,
              label: name,
              run: () => run({ action: "assign", owner_id: user_id }),
            }))}
          />
        </>
      )}
      <Button
        size="sm"
        variant="ghost"
        icon={inTrash ? RotateCcw : Trash2}
        disabledReason={refusal}
        onClick={() => run(throwAway)}
      >
        {inTrash ? t`Restore` : t`Trash`}
      </Button>
      <IconButton size="sm" icon={X} label={t`Clear the selection`} keys="Escape" onClick={clear} />
    </div>
  );
}
