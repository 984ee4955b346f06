import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Circle, CircleCheck, FileUp, FlaskConical, NotebookPen, UserPlus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { membersQuery } from "@/api/me";
import { toastFailed, undo } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { setOverlay } from "@/app/overlays";
import { paths } from "@/app/paths";
import { Button } from "@/ui/button";
import { Segments } from "./segments";
import { demoQuery, loadDemo } from "./demo";
import { firstEventQuery, recentQuery } from "./queries";

/** Until the workspace is set up: people are in, something is noted, a colleague is there. Then it is gone for good. */
export function WhatNext() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const refusal = useRefusal({ part: "contacts" });
  const adminRefusal = useRefusal({ role: "admin", part: "identity" });
  const people = useQuery(recentQuery).data;
  const events = useQuery(firstEventQuery).data;
  const members = useQuery(membersQuery).data;
  if (!people || !events || !members) return null;
  const hasPeople = people.length > 0;
  const steps = [hasPeople, events.length > 0, members.length > 1];
  const done = steps.filter(Boolean).length;
  if (done === steps.length) return null;
  return (
    <section aria-label={t`What next?`} className="mb-7 rounded-lg border bg-sunken p-5">
      <div className="mb-3 flex items-center gap-3">
        <h3 className="text-md font-semibold">{t`What next?`}</h3>
        <Segments done={done} total={steps.length} label={t`${{ done }} of ${{ total: steps.length }} done`} />
      </div>
      <ol className="flex flex-col gap-3">
        <Step done={hasPeople} title={t`Bring your people along`}>
          <Button
            size="sm"
            variant="primary"
            icon={FileUp}
            disabledReason={refusal}
            onClick={() => void navigate({ to: paths.imports })}
          >
            {t`Import a file`}
          </Button>
          <Button size="sm" icon={UserPlus} disabledReason={refusal} onClick={() => setOverlay("create-contact")}>
            {t`New person`}
          </Button>
          <LoadDemo refusal={refusal} />
        </Step>
        <Step done={steps[1]!} title={t`Note a call, a meeting or a task`}>
          <Button
            size="sm"
            icon={NotebookPen}
            disabledReason={refusal}
            onClick={() => void navigate({ to: paths.calendar, search: { add: "meeting" } })}
          >
            {t`Plan a meeting`}
          </Button>
        </Step>
        <Step done={steps[2]!} title={t`Invite a colleague`}>
          <Button
            size="sm"
            icon={UserPlus}
            disabledReason={adminRefusal}
            onClick={() => void navigate({ to: paths.settings })}
          >
            {t`Invite`}
          </Button>
        </Step>
      </ol>
    </section>
  );
}

function Step({ done, title, children }: { done: boolean; title: string; children: ReactNode }) {
  const { t } = useLingui();
  const Icon = done ? CircleCheck : Circle;
  return (
    <li className="flex min-h-control-sm flex-wrap items-center gap-x-3 gap-y-2">
      <Icon
        role="img"
        aria-label={done ? t`done` : t`still to do`}
        className={done ? "size-4 text-ok-text" : "size-4 text-ink-faint"}
      />
      <span className={done ? "text-ink-faint line-through" : "font-medium"}>{title}</span>
      {!done && <span className="flex flex-wrap gap-2 max-wide:w-full wide:ms-auto">{children}</span>}
    </li>
  );
}

function LoadDemo({ refusal }: { refusal: string | undefined }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  async function load(): Promise<void> {
    setBusy(true);
    await loadDemo(queryClient).catch(toastFailed);
    setBusy(false);
  }
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={FlaskConical}
      loading={busy}
      disabledReason={refusal}
      onClick={() => void load()}
    >
      {t`Try with demo people`}
    </Button>
  );
}

/** While demo people are among one's own: what they are, and the way out. */
export function DemoNotice() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "contacts" });
  const { data: job } = useQuery(demoQuery);
  const [busy, setBusy] = useState(false);
  if (!job?.operation_id) return null;
  const operationId = job.operation_id;
  async function remove(): Promise<void> {
    setBusy(true);
    await undo(queryClient, operationId);
    setBusy(false);
  }
  return (
    <div className="mb-7 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border px-4 py-2.5">
      <FlaskConical aria-hidden className="size-4 shrink-0 text-ink-faint" strokeWidth={1.75} />
      <p className="min-w-48 flex-1">{t`Demo people are in this workspace, tagged “demo”. Your own are left alone when you remove them.`}</p>
      <Button size="sm" loading={busy} disabledReason={refusal} onClick={() => void remove()}>
        {t`Remove the demo people`}
      </Button>
    </div>
  );
}
