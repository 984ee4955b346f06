import { useLingui } from "@lingui/react/macro";
import { Building2, CalendarDays, CheckSquare, House, type LucideIcon, Settings, Users } from "lucide-react";
import { paths } from "../paths";

export interface NavItem {
  to: (typeof paths)["home" | "people" | "companies" | "calendar" | "tasks" | "settings"];
  label: string;
  icon: LucideIcon;
  /** The phone's bar has room for three; this one stands under "More". */
  inMore?: true;
}

/** Places of the app, in the order of sidebar and bottom bar. */
export function useNav(): NavItem[] {
  const { t } = useLingui();
  return [
    { to: paths.home, label: t`Home`, icon: House },
    { to: paths.people, label: t`People`, icon: Users },
    { to: paths.companies, label: t`Companies`, icon: Building2, inMore: true },
    { to: paths.calendar, label: t`Calendar`, icon: CalendarDays, inMore: true },
    { to: paths.tasks, label: t`Tasks`, icon: CheckSquare },
    { to: paths.settings, label: t`Settings`, icon: Settings, inMore: true },
  ];
}
