import { useLingui } from "@lingui/react/macro";
import { Building2, CheckSquare, House, type LucideIcon, Settings, Users } from "lucide-react";
import { paths } from "../paths";

export interface NavItem {
  to: typeof paths.home | typeof paths.people | typeof paths.companies | typeof paths.tasks | typeof paths.settings;
  label: string;
  icon: LucideIcon;
  /** The phone's bar has room for four. */
  wideOnly?: true;
}

/** Places of the app, in the order of sidebar and bottom bar. */
export function useNav(): NavItem[] {
  const { t } = useLingui();
  return [
    { to: paths.home, label: t`Home`, icon: House },
    { to: paths.people, label: t`People`, icon: Users },
    { to: paths.companies, label: t`Companies`, icon: Building2, wideOnly: true },
    { to: paths.tasks, label: t`Tasks`, icon: CheckSquare },
    { to: paths.settings, label: t`Settings`, icon: Settings },
  ];
}
