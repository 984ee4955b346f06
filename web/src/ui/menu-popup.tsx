import { ContextMenu as BaseContext } from "@base-ui/react/context-menu";
import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import { cx } from "@/lib/cx";
import { Kbd } from "./kbd";
import type { ContextMenuProps, MenuEntry, MenuProps } from "./menu";

export function MenuPopup({ trigger, entries, align = "start", side = "bottom", header }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup className={POPUP}>
            {header}
            <Entries entries={entries} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function ContextMenuPopup({ entries, children }: ContextMenuProps) {
  return (
    <BaseContext.Root>
      <BaseContext.Trigger render={children} />
      <BaseContext.Portal>
        <BaseContext.Positioner collisionPadding={8} className="z-50">
          <BaseContext.Popup className={POPUP}>
            <Entries entries={entries} />
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}

const POPUP = "popup max-h-(--available-height) min-w-44 max-w-80 overflow-y-auto p-1";

function Entries({ entries }: { entries: readonly MenuEntry[] }) {
  return entries.map((entry, index) => {
    if (entry === "separator") return <Base.Separator key={`separator-${index}`} className="mx-2 my-1 h-px bg-line" />;
    const Icon = entry.icon;
    return (
      <Base.Item
        key={entry.id}
        onClick={entry.run}
        disabled={Boolean(entry.disabledReason)}
        className={cx("item", entry.tone === "danger" && !entry.disabledReason && "text-danger-text")}
      >
        {Icon && <Icon aria-hidden className="size-4 shrink-0 opacity-75" strokeWidth={1.75} />}
        <span className="min-w-0 flex-1">
          <span className="block truncate">{entry.label}</span>
          {entry.disabledReason && <span className="block text-sm text-ink-faint">{entry.disabledReason}</span>}
        </span>
        {entry.checked && <Check aria-hidden className="size-3.5 text-accent-text" />}
        {entry.keys && <Kbd keys={entry.keys} />}
      </Base.Item>
    );
  });
}
