import { useLingui } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, Plus } from "lucide-react";
import { useAllActions, toMenuEntries } from "../actions";
import { Menu } from "@/ui/menu";
import { type NavItem, useNav } from "./nav";

/** The phone's way around: places left and right, + in the middle. */
export function BottomBar() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const nav = useNav();
  const places = nav.filter(({ inMore }) => !inMore);
  const create = useAllActions().filter((action) => action.section === t`Create`);
  return (
    <nav aria-label={t`Main`} className="shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)]">
      <div className="grid h-tabbar grid-cols-5 items-center">
        {places.slice(0, 2).map((item) => (
          <BarLink key={item.to} item={item} />
        ))}
        <Menu
          side="top"
          align="center"
          trigger={
            <button
              type="button"
              aria-label={t`Create`}
              className="mx-auto flex size-11 items-center justify-center rounded-full bg-accent text-on-accent active:bg-accent-hover"
            >
              <Plus aria-hidden className="size-5" strokeWidth={2} />
            </button>
          }
          entries={toMenuEntries(create)}
        />
        {places.slice(2).map((item) => (
          <BarLink key={item.to} item={item} />
        ))}
        <Menu
          side="top"
          align="end"
          trigger={
            <button type="button" className={BAR_ITEM}>
              <Ellipsis aria-hidden className="size-5" strokeWidth={1.75} />
              {t`More`}
            </button>
          }
          entries={nav
            .filter(({ inMore }) => inMore)
            .map(({ to, label, icon }) => ({ id: to, label, icon, run: () => void navigate({ to }) }))}
        />
      </div>
    </nav>
  );
}

const BAR_ITEM =
  "flex h-full flex-col items-center justify-center gap-0.5 text-xs font-medium text-ink-muted aria-[current=page]:text-accent-text data-popup-open:text-accent-text";

function BarLink({ item: { to, label, icon: Icon } }: { item: NavItem }) {
  return (
    <Link to={to} activeOptions={{ exact: to === "/" }} className={BAR_ITEM}>
      <Icon aria-hidden className="size-5" strokeWidth={1.75} />
      {label}
    </Link>
  );
}
