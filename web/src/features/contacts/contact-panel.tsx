import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Maximize2, X } from "lucide-react";
import { useMemo } from "react";
import type { Contact } from "@/api/types";
import { type Action, useActions } from "@/app/actions";
import { paths } from "@/app/paths";
import { IconButton } from "@/ui/button";
import { SidePanel } from "@/ui/dialog";
import { ContactRecord } from "./contact-record";

interface ContactPanelProps {
  id: string;
  rows: readonly Contact[];
  onOpen: (contact: Contact) => void;
  onClose: () => void;
}

/** A record over its list: the list keeps its place, previous and next walk it. */
export function ContactPanel({ id, rows, onOpen, onClose }: ContactPanelProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const index = rows.findIndex((row) => row.id === id);
  const previous = index > 0 ? rows[index - 1] : undefined;
  const next = index >= 0 ? rows[index + 1] : undefined;
  const noneBefore = previous ? undefined : t`This is the first.`;
  const noneAfter = next ? undefined : t`This is the last one loaded.`;

  useActions(
    useMemo<Action[]>(
      () => [
        {
          id: "panel-next",
          label: t`Next person`,
          section: t`Record`,
          icon: ChevronDown,
          keys: "J",
          disabledReason: noneAfter,
          run: () => next && onOpen(next),
        },
        {
          id: "panel-previous",
          label: t`Previous person`,
          section: t`Record`,
          icon: ChevronUp,
          keys: "K",
          disabledReason: noneBefore,
          run: () => previous && onOpen(previous),
        },
        {
          id: "panel-page",
          label: t`Open as page`,
          section: t`Record`,
          icon: Maximize2,
          keys: "O",
          run: () => void navigate({ to: paths.person, params: { id } }),
        },
      ],
      [t, next, previous, noneAfter, noneBefore, onOpen, navigate, id],
    ),
  );

  return (
    <SidePanel open onOpenChange={(open) => !open && onClose()} label={rows[index]?.name ?? t`Person`}>
      <div className="flex h-bar shrink-0 items-center gap-0.5 border-b px-2">
        <IconButton size="sm" icon={X} label={t`Close`} keys="Escape" onClick={onClose} />
        <IconButton
          size="sm"
          icon={ChevronUp}
          label={t`Previous person`}
          keys="K"
          disabled={!previous}
          onClick={() => previous && onOpen(previous)}
        />
        <IconButton
          size="sm"
          icon={ChevronDown}
          label={t`Next person`}
          keys="J"
          disabled={!next}
          onClick={() => next && onOpen(next)}
        />
        <IconButton
          size="sm"
          icon={Maximize2}
          label={t`Open as page`}
          keys="O"
          className="ms-auto"
          onClick={() => void navigate({ to: paths.person, params: { id } })}
        />
      </div>
      <ContactRecord key={id} id={id} />
    </SidePanel>
  );
}
