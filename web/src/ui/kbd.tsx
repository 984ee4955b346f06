import { shownKeys } from "@/lib/keys";

/** A chord as this machine's keyboard names it: `<Kbd keys="Mod+K" />`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span aria-hidden className="flex shrink-0 gap-0.5">
      {shownKeys(keys).map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded-xs border border-line-strong bg-surface px-1 font-sans text-xs text-ink-muted"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
