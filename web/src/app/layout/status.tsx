import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type Health, healthQuery, type PartStatus } from "@/api/health";
import { cx } from "@/lib/cx";
import { useDelayed } from "@/lib/use-delayed";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { useLiveState } from "../live-updates";

const DOTS: Record<PartStatus, string> = { ok: "bg-ok", degraded: "bg-hue-orange-text", down: "bg-danger" };

function useOverall(): { status: PartStatus; health: Health | undefined; unreachable: boolean } {
  const { data, isError } = useQuery(healthQuery);
  if (isError) return { status: "down", health: data, unreachable: true };
  return { status: data?.status ?? "ok", health: data, unreachable: false };
}

/** Quiet while all is well; says more when pressed. */
export function StatusDot() {
  const { t } = useLingui();
  const { status, health, unreachable } = useOverall();
  const live = useLiveState();
  const names: Record<PartStatus, string> = {
    ok: t`All systems work`,
    degraded: t`Works, with limits`,
    down: t`Out of order`,
  };
  return (
    <Popover
      align="end"
      label={t`Status`}
      className="w-64"
      trigger={
        <button
          type="button"
          aria-label={t`Status: ${{ state: names[status] }}`}
          className="flex size-control-sm shrink-0 items-center justify-center rounded-md hover:bg-hover"
        >
          <span className={cx("size-2 rounded-full", DOTS[status])} />
        </button>
      }
    >
      <p className="font-medium">{unreachable ? t`The server can't be reached` : names[status]}</p>
      <ul className="mt-2 flex flex-col gap-1">
        {Object.entries(health?.services ?? {}).map(([name, part]) => (
          <li key={name} className="flex items-center gap-2">
            <span aria-hidden className={cx("size-2 rounded-full", DOTS[unreachable ? "down" : part.status])} />
            <span className="flex-1 capitalize">{name}</span>
            <span className="text-sm text-ink-faint">{names[unreachable ? "down" : part.status]}</span>
          </li>
        ))}
      </ul>
      <p className="mt-2 border-t pt-2 text-sm text-ink-muted">
        {live === "open"
          ? t`Changes of others appear at once.`
          : t`Changes of others appear when you reload; reconnecting.`}
      </p>
    </Popover>
  );
}

/** What does not work, and what still does. Goes by itself. */
export function StatusBanner() {
  const { t } = useLingui();
  const { health, unreachable } = useOverall();
  const { refetch, isFetching } = useQuery(healthQuery);
  // A restart of one part takes a second or two; that is not worth a word.
  const shown = useDelayed(unreachable, 1500);
  const down = (name: string) => health?.services[name]?.status === "down";
  if (shown) {
    return (
      <Framed
        action={
          <Button size="sm" loading={isFetching} onClick={() => void refetch()}>
            {t`Try now`}
          </Button>
        }
      >
        <Trans>The server can't be reached. You see what was loaded last; changes wait until it is back.</Trans>
      </Framed>
    );
  }
  if (unreachable) return null;
  if (down("contacts")) {
    return (
      <Framed>
        <Trans>
          People and companies are out of order for the moment: you see what was loaded last. Notes and tasks work.
        </Trans>
      </Framed>
    );
  }
  if (down("events")) {
    return (
      <Framed>
        <Trans>Timeline, notes and tasks are out of order for the moment. People and companies work.</Trans>
      </Framed>
    );
  }
  if (down("identity")) {
    return (
      <Framed>
        <Trans>Signing in and settings are out of order for the moment. You stay signed in, and the rest works.</Trans>
      </Framed>
    );
  }
  return null;
}

function Framed({ children, action }: { children: React.ReactNode; action?: React.ReactNode }) {
  return (
    <div className="p-2 wide:px-0 wide:pt-0">
      <Banner tone="warn" action={action}>
        {children}
      </Banner>
    </div>
  );
}
