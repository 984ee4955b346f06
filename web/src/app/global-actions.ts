import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import {
  Building2,
  CalendarDays,
  CalendarPlus,
  CheckSquare,
  FileUp,
  House,
  Keyboard,
  LogOut,
  Moon,
  Search,
  Settings,
  Sun,
  UserPlus,
  Users,
} from "lucide-react";
import { useMemo } from "react";
import { setTheme } from "@/lib/theme";
import { type Action, useActions } from "./actions";
import { useRefusal } from "./may";
import { setOverlay } from "./overlays";
import { paths } from "./paths";
import { signOut } from "./sign-out";

/** What can be done from everywhere. */
export function useGlobalActions(): void {
  const { t } = useLingui();
  const navigate = useNavigate();
  const refusal = useRefusal({ part: "contacts" });
  const eventsRefusal = useRefusal({ part: "events" });
  const actions = useMemo<Action[]>(() => {
    const go = t`Go to`;
    const make = t`Create`;
    const app = t`App`;
    return [
      {
        id: "create-contact",
        label: t`New person`,
        section: make,
        icon: UserPlus,
        keys: "C",
        keywords: t`contact add`,
        disabledReason: refusal,
        run: () => setOverlay("create-contact"),
      },
      {
        id: "create-company",
        label: t`New company`,
        section: make,
        icon: Building2,
        keywords: t`organisation firm add`,
        disabledReason: refusal,
        run: () => setOverlay("create-company"),
      },
      {
        id: "create-meeting",
        label: t`New meeting`,
        section: make,
        icon: CalendarPlus,
        keywords: t`call appointment event add`,
        disabledReason: eventsRefusal,
        run: () => void navigate({ to: paths.calendar, search: { add: "meeting" } }),
      },
      {
        id: "create-task",
        label: t`New task`,
        section: make,
        icon: CheckSquare,
        keywords: t`to do reminder add`,
        disabledReason: eventsRefusal,
        run: () => void navigate({ to: paths.tasks, search: { add: true } }),
      },
      {
        id: "import",
        label: t`Import people`,
        section: make,
        icon: FileUp,
        keywords: t`csv vcard upload`,
        disabledReason: refusal,
        run: () => void navigate({ to: paths.imports }),
      },
      {
        id: "go-home",
        label: t`Home`,
        section: go,
        icon: House,
        keys: "G H",
        run: () => void navigate({ to: paths.home }),
      },
      {
        id: "go-people",
        label: t`People`,
        section: go,
        icon: Users,
        keys: "G P",
        keywords: t`contacts`,
        run: () => void navigate({ to: paths.people }),
      },
      {
        id: "go-companies",
        label: t`Companies`,
        section: go,
        icon: Building2,
        keys: "G C",
        keywords: t`organisations firms`,
        run: () => void navigate({ to: paths.companies }),
      },
      {
        id: "go-calendar",
        label: t`Calendar`,
        section: go,
        icon: CalendarDays,
        keys: "G D",
        keywords: t`meetings calls dates`,
        run: () => void navigate({ to: paths.calendar }),
      },
      {
        id: "go-tasks",
        label: t`Tasks`,
        section: go,
        icon: CheckSquare,
        keys: "G T",
        run: () => void navigate({ to: paths.tasks }),
      },
      {
        id: "go-settings",
        label: t`Settings`,
        section: go,
        icon: Settings,
        keys: "G S",
        keywords: t`account profile password`,
        run: () => void navigate({ to: paths.settings }),
      },
      {
        id: "palette",
        label: t`Search and commands`,
        section: app,
        icon: Search,
        keys: "Mod+K",
        run: () => setOverlay("palette"),
      },
      { id: "search", label: t`Search`, section: app, icon: Search, keys: "/", run: () => setOverlay("palette") },
      {
        id: "shortcuts",
        label: t`Keyboard shortcuts`,
        section: app,
        icon: Keyboard,
        keys: "?",
        keywords: t`help keys`,
        run: () => setOverlay("shortcuts"),
      },
      { id: "theme-light", label: t`Light theme`, section: app, icon: Sun, run: () => setTheme("light") },
      { id: "theme-dark", label: t`Dark theme`, section: app, icon: Moon, run: () => setTheme("dark") },
      { id: "theme-system", label: t`Theme of the system`, section: app, icon: Moon, run: () => setTheme("system") },
      { id: "sign-out", label: t`Sign out`, section: app, icon: LogOut, run: () => void signOut() },
    ];
  }, [t, navigate, refusal, eventsRefusal]);
  useActions(actions);
}
