import { cx } from "@/lib/cx";

/** How many of a few steps are done. */
export function Segments({ done, total, label }: { done: number; total: number; label: string }) {
  return (
    <span role="img" aria-label={label} className="flex gap-1">
      {Array.from({ length: total }, (_, index) => (
        <span key={index} className={cx("h-1.5 w-6 rounded-full", index < done ? "bg-ok" : "bg-press")} />
      ))}
    </span>
  );
}
