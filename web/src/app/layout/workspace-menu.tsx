import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { meQuery, useWorkspace } from "@/api/me";
import { chooseWorkspace } from "@/api/workspace";
import { Avatar } from "@/ui/avatar";
import { Menu } from "@/ui/menu";

export function WorkspaceMenu({ compact }: { compact: boolean }) {
  const { t } = useLingui();
  const { data } = useQuery(meQuery);
  const workspace = useWorkspace();
  const name = workspace?.name ?? "";
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t`Workspace ${name}`}
          className="flex h-control min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 hover:bg-hover data-popup-open:bg-hover"
        >
          <Avatar name={name} size="sm" square />
          {!compact && (
            <>
              <span className="min-w-0 truncate font-semibold">{name}</span>
              <ChevronDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
            </>
          )}
        </button>
      }
      header={<p className="px-2 py-1 text-sm text-ink-faint">{t`Workspaces`}</p>}
      entries={(data?.workspaces ?? []).map(({ id, name: label }) => ({
        id,
        label,
        checked: id === workspace?.id,
        run: () => chooseWorkspace(id),
      }))}
    />
  );
}
