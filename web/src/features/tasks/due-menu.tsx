import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import type { CrmEvent } from "@/api/types";
import { postpone } from "@/features/timeline/event-changes";
import { formatLongDay } from "@/lib/format";
import { IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { dueChoices } from "./due";

/** Puts a task off in two presses. */
export function DueMenu({ task }: { task: CrmEvent }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const labels = { today: t`Today`, tomorrow: t`Tomorrow`, next_week: t`Next week` };
  return (
    <Menu
      align="end"
      trigger={<IconButton size="sm" icon={CalendarClock} label={t`Put off: ${{ title: task.title ?? "" }}`} />}
      entries={dueChoices(new Date()).map(({ id, due }) => ({
        id,
        label: (
          <span className="flex flex-col">
            {labels[id]} <span className="text-sm text-ink-faint">{formatLongDay(due)}</span>
          </span>
        ),
        run: () => void postpone(queryClient, task, due),
      }))}
    />
  );
}
