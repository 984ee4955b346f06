import { useLingui } from "@lingui/react/macro";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { api } from "@/api/client";
import type { Device } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { signOut } from "@/app/sign-out";
import { formatAgo } from "@/lib/format";
import { deviceName } from "@/lib/user-agent";
import { Button } from "@/ui/button";
import { SkeletonLines } from "@/ui/skeleton";
import { toast } from "@/ui/toast";
import { Section, useChange } from "./section";

const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: async ({ signal }) => (await api.GET("/api/v1/me/sessions", { signal })).data!.items,
  meta: { persist: false },
});

/** Where one is signed in, each with its sign-out. */
export function Sessions() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data, isPending } = useQuery(devicesQuery);
  const { busy, change } = useChange();

  async function everywhereElse(): Promise<void> {
    await change(t`All other browsers are signed out`, (client) => client.signOut({ scope: "others" }));
    await queryClient.invalidateQueries(devicesQuery);
  }

  return (
    <Section title={t`Sessions`} intro={t`Lost a laptop? Sign it out from here.`}>
      {isPending && <SkeletonLines lines={2} label={t`Loading`} />}
      {data && data.length > 0 && (
        <ul className="w-full rounded-lg border">
          {data.map((device) => (
            <Row key={device.id} device={device} />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void signOut()}>{t`Sign out here`}</Button>
        <Button loading={busy} onClick={() => void everywhereElse()}>{t`Sign out everywhere else`}</Button>
      </div>
    </Section>
  );
}

function Row({ device }: { device: Device }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { name, isPhone } = deviceName(device.user_agent);
  const Icon = isPhone ? Smartphone : Monitor;

  async function end(): Promise<void> {
    try {
      await api.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id: device.id } } });
      toast({ title: t`Signed out there` });
    } catch (error) {
      toastFailed(error);
    }
    await queryClient.invalidateQueries(devicesQuery);
  }

  return (
    <li className="flex min-h-11 items-center gap-3 border-b px-3 py-1.5 last:border-0">
      <Icon aria-hidden className="size-4 shrink-0 text-ink-faint" strokeWidth={1.75} />
      <span className="min-w-0 flex-1">
        <span className="block truncate" title={device.user_agent}>
          {name || t`Unknown browser`}
        </span>
        <span className="block text-sm text-ink-faint">
          {device.is_current ? t`This browser` : t`Last used ${{ when: formatAgo(device.last_used_at) }}`} · {device.ip}
        </span>
      </span>
      {!device.is_current && <Button size="sm" onClick={() => void end()}>{t`Sign out`}</Button>}
    </li>
  );
}
