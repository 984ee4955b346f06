import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Segmented } from "@/ui/segmented";
import type { Question } from "./conflict-dialog";
import { pathLabel, useFields } from "./fields";
import { useNoun } from "./noun-context";
import { useShownValue } from "./values";

type Side = "yours" | "theirs";

export function ConflictChoices({ question: { conflicts, answer } }: { question: Question }) {
  const { t } = useLingui();
  const shown = useShownValue();
  const fields = useFields(useNoun());
  const [sides, setSides] = useState<Side[]>(conflicts.map(() => "yours"));
  const theirs = (picked: Side[]) => conflicts.filter((_, index) => picked[index] === "theirs").map(({ path }) => path);
  return (
    <Dialog
      open
      size="lg"
      // Leaving without a choice loses nothing of what is stored: theirs stays.
      onOpenChange={(open) => !open && answer(conflicts.map(({ path }) => path))}
      title={t`Somebody else changed this, too`}
      description={t`Pick what shall stand. All other changes of both of you are kept.`}
      footer={<Button variant="primary" onClick={() => answer(theirs(sides))}>{t`Save`}</Button>}
    >
      <ul className="flex flex-col gap-5 py-2">
        {conflicts.map((conflict, index) => (
          <li key={conflict.path.join(".")}>
            <div className="mb-2 flex items-center justify-between gap-4">
              <h3 className="font-medium">{pathLabel(fields, conflict.path.join("."))}</h3>
              <Segmented<Side>
                label={pathLabel(fields, conflict.path.join("."))}
                value={sides[index]!}
                onChange={(side) => setSides(sides.with(index, side))}
                options={[
                  { value: "yours", label: t`Yours` },
                  { value: "theirs", label: t`Theirs` },
                ]}
              />
            </div>
            <dl className="grid gap-2 wide:grid-cols-3">
              <Value
                term={t`Yours`}
                value={shown(conflict.path[0]!, conflict.yours)}
                chosen={sides[index] === "yours"}
              />
              <Value
                term={t`Theirs`}
                value={shown(conflict.path[0]!, conflict.theirs)}
                chosen={sides[index] === "theirs"}
              />
              <Value term={t`Before`} value={shown(conflict.path[0]!, conflict.original)} chosen={false} />
            </dl>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Value({ term, value, chosen }: { term: string; value: string; chosen: boolean }) {
  return (
    <div className={chosen ? "rounded-md border border-accent p-2" : "rounded-md border p-2"}>
      <dt className="text-sm text-ink-faint">{term}</dt>
      <dd className="max-h-40 overflow-y-auto break-words whitespace-pre-wrap">{value || "–"}</dd>
    </div>
  );
}
