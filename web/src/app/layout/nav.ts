import { useLingui } from "@lingui/react/macro";
import { CheckSquare, House, type LucideIcon, Settings, Users } from "lucide-react";
import { paths } from "../paths";

export interface NavItem {
  to: typeof paths.home | typeof paths.people | typeof paths.tasks | typeof paths.settings;
  label: string;
  icon: LucideIcon;
}

/** Places of the app, in the order of sidebar and bottom bar. */
export function useNav(): NavItem[] {
  const { t } = useLingui();
  return [
    { to: paths.home, label: t`Home`, icon: House },
    { to: paths.people, label: t`People`, icon: Users },
    { to: paths.tasks, label: t`Tasks`, icon: CheckSquare },
    { to: paths.settings, label: t`Settings`, icon: Settings },
  ];
}
