import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { cx } from "@/lib/cx";
import { IconButton } from "@/ui/button";
import { Kbd } from "@/ui/kbd";
import { Tooltip } from "@/ui/tooltip";
import { type Action, useActions } from "../actions";
import { setOverlay } from "../overlays";
import { AccountMenu } from "./account-menu";
import { Favourites } from "./favourites";
import { useNav, type NavItem } from "./nav";
import { StatusDot } from "./status";
import { WorkspaceMenu } from "./workspace-menu";

const COLLAPSED_KEY = "crm.sidebar.collapsed";

export function Sidebar() {
  const { t } = useLingui();
  const nav = useNav();
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem(COLLAPSED_KEY) === "1");
  const toggle = useMemo<Action>(
    () => ({
      id: "toggle-sidebar",
      label: t`Show or hide the sidebar`,
      section: t`App`,
      icon: PanelLeftClose,
      keys: "[",
      run: () =>
        setCollapsed((before) => {
          localStorage.setItem(COLLAPSED_KEY, before ? "0" : "1");
          return !before;
        }),
    }),
    [t],
  );
  useActions(useMemo(() => [toggle], [toggle]));
  return (
    <nav aria-label={t`Main`} className={cx("flex shrink-0 flex-col gap-1 p-2", collapsed ? "w-13" : "w-sidebar")}>
      <div className={cx("mb-1 flex items-center gap-1", collapsed && "flex-col")}>
        <WorkspaceMenu compact={collapsed} />
        <IconButton
          icon={collapsed ? PanelLeftOpen : PanelLeftClose}
          label={collapsed ? t`Show the sidebar` : t`Hide the sidebar`}
          keys="["
          size="sm"
          onClick={toggle.run}
        />
      </div>
      <SearchRow compact={collapsed} />
      <div className="mt-2 flex flex-col gap-0.5">
        {nav.map((item) => (
          <NavLink key={item.to} item={item} compact={collapsed} />
        ))}
      </div>
      {!collapsed && <Favourites />}
      <div className={cx("mt-auto flex items-center gap-1", collapsed && "flex-col-reverse")}>
        <AccountMenu compact={collapsed} />
        <StatusDot />
      </div>
    </nav>
  );
}

const ROW =
  "flex h-control-sm items-center gap-2 rounded-md px-2 text-ink-muted select-none transition-colors hover:bg-hover hover:text-ink";

function NavLink({ item, compact }: { item: NavItem; compact: boolean }) {
  const { icon: Icon, label, to } = item;
  const link = (
    <Link
      to={to}
      activeOptions={{ exact: to === "/" }}
      aria-label={compact ? label : undefined}
      className={cx(
        ROW,
        "font-medium aria-[current=page]:bg-press aria-[current=page]:text-ink",
        compact && "justify-center",
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      {!compact && label}
    </Link>
  );
  return compact ? (
    <Tooltip label={label} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}

function SearchRow({ compact }: { compact: boolean }) {
  const { t } = useLingui();
  if (compact)
    return (
      <IconButton icon={Search} label={t`Search`} keys="/" onClick={() => setOverlay("palette")} className="w-full" />
    );
  return (
    <button
      type="button"
      onClick={() => setOverlay("palette")}
      className="flex h-control-sm items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-start text-ink-faint transition-colors hover:border-edge"
    >
      <Search aria-hidden className="size-4" strokeWidth={1.75} />
      <span className="flex-1">{t`Search`}</span>
      <Kbd keys="Mod+K" />
    </button>
  );
}
