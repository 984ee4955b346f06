import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { explain } from "@/api/errors";
import { isProblem, type Problem } from "@/api/problem";
import type { View } from "@/api/types";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { useNoun } from "./noun-context";
import { changeView, createView, type ViewFields } from "./views";

interface ViewDialogProps {
  /** Given, it is renamed or shared; else a new one is made of `fields`. */
  view?: View;
  fields: Omit<ViewFields, "name" | "shared">;
  onClose: () => void;
  onCreated: (view: View) => void;
}

export function ViewDialog({ view, fields, onClose, onCreated }: ViewDialogProps) {
  const { t } = useLingui();
  const { source } = useNoun();
  const queryClient = useQueryClient();
  const [name, setName] = useState(view?.name ?? "");
  const [who, setWho] = useState<"me" | "all">(view?.shared ? "all" : "me");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const inputRef = useRef<HTMLInputElement>(null);

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!name.trim() || busy) return;
    setBusy(true);
    try {
      const named = { name: name.trim(), shared: who === "all" };
      if (view) await changeView(queryClient, view, named);
      else onCreated(await createView(queryClient, source, { ...fields, ...named }));
      onClose();
    } catch (error) {
      if (!isProblem(error)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => !open && onClose()}
      title={view ? t`Rename or share` : t`New view`}
      description={view ? undefined : t`Keeps the filter, the order and the columns under a name.`}
      initialFocus={inputRef}
      footer={
        <>
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button type="submit" form="view" variant="primary" loading={busy} disabled={!name.trim()}>
            {t`Save`}
          </Button>
        </>
      }
    >
      <form id="view" onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <Field label={t`Name`} error={problem && (problem.at("/name") ?? explain(problem).title)}>
          <Input
            ref={inputRef}
            value={name}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Segmented<"me" | "all">
          label={t`Who sees it`}
          value={who}
          onChange={setWho}
          options={[
            { value: "me", label: t`Only me` },
            { value: "all", label: t`Everybody` },
          ]}
        />
      </form>
    </Dialog>
  );
}
