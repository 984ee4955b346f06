import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Keyboard, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import { useSignedIn } from "@/api/session";
import { setTheme, useTheme } from "@/lib/theme";
import { Avatar } from "@/ui/avatar";
import { Menu } from "@/ui/menu";
import { setOverlay } from "../overlays";
import { paths } from "../paths";
import { signOut } from "../sign-out";

export function AccountMenu({ compact }: { compact: boolean }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const user = useSignedIn();
  const theme = useTheme();
  if (!user) return null;
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          aria-label={t`Account of ${{ name: user.name }}`}
          className="flex h-control min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 hover:bg-hover data-popup-open:bg-hover"
        >
          <Avatar name={user.name} size="sm" />
          {!compact && <span className="truncate">{user.name}</span>}
        </button>
      }
      header={<p className="truncate px-2 py-1 text-sm text-ink-faint">{user.email}</p>}
      entries={[
        {
          id: "settings",
          label: t`Settings`,
          icon: Settings,
          keys: "G S",
          run: () => void navigate({ to: paths.settings }),
        },
        {
          id: "shortcuts",
          label: t`Keyboard shortcuts`,
          icon: Keyboard,
          keys: "?",
          run: () => setOverlay("shortcuts"),
        },
        "separator",
        { id: "light", label: t`Light`, icon: Sun, checked: theme === "light", run: () => setTheme("light") },
        { id: "dark", label: t`Dark`, icon: Moon, checked: theme === "dark", run: () => setTheme("dark") },
        {
          id: "system",
          label: t`Like the system`,
          icon: Monitor,
          checked: theme === "system",
          run: () => setTheme("system"),
        },
        "separator",
        { id: "sign-out", label: t`Sign out`, icon: LogOut, run: () => void signOut() },
      ]}
    />
  );
}
