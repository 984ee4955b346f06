import { useLingui } from "@lingui/react/macro";
import { ListFilter } from "lucide-react";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Popover } from "@/ui/popover";
import { useShownValue } from "./fields";
import { type Clause, clausesOf, clauseText, filterOf } from "./filter-clauses";
import type { Filter } from "./list-search";

const ClauseForm = lazy(() => import("./clause-form").then((module) => ({ default: module.ClauseForm })));

interface FilterBarProps {
  filter: Filter | undefined;
  onChange: (filter: Filter | undefined) => void;
}

/** A chip for each condition; all of them have to hold. */
export function FilterChips({ filter, onChange }: FilterBarProps) {
  const { t } = useLingui();
  const shown = useShownValue();
  const clauses = clausesOf(filter);
  if (clauses === null) {
    return (
      <Chip label={t`Filter`} onRemove={() => onChange(undefined)}>
        {t`Nested filter`}
      </Chip>
    );
  }
  return clauses.map((clause, index) => {
    const text = clauseText(clause, shown);
    return (
      <ClausePopover
        key={`${index}-${text}`}
        clause={clause}
        onApply={(next) => onChange(filterOf(clauses.with(index, next)))}
        trigger={
          <span>
            <Chip label={text} onRemove={() => onChange(filterOf(clauses.toSpliced(index, 1)))}>
              {text}
            </Chip>
          </span>
        }
      />
    );
  });
}

export function AddFilter({ filter, onChange }: FilterBarProps) {
  const { t } = useLingui();
  const clauses = clausesOf(filter);
  return (
    <ClausePopover
      onApply={(clause) => onChange(clauses ? filterOf([...clauses, clause]) : { and: [filter!, clause] })}
      trigger={
        <Button size="sm" variant="ghost" icon={ListFilter}>
          <span className="max-wide:sr-only">{t`Filter`}</span>
        </Button>
      }
    />
  );
}

interface ClausePopoverProps {
  clause?: Clause;
  onApply: (clause: Clause) => void;
  trigger: ReactElement<Record<string, unknown>>;
}

function ClausePopover({ clause, onApply, trigger }: ClausePopoverProps) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  return (
    <Popover trigger={trigger} label={t`Filter`} open={open} onOpenChange={setOpen}>
      <Suspense>
        <ClauseForm
          {...(clause && { clause })}
          onApply={(next) => {
            setOpen(false);
            onApply(next);
          }}
        />
      </Suspense>
    </Popover>
  );
}
