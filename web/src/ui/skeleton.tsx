import { useDelayed } from "@/lib/use-delayed";
import { cx } from "@/lib/cx";

/**
 * Grey bars of the content's own size. Takes its room at once, so that nothing jumps, and shows after 150 ms,
 * so that what is quick never flashes.
 */
export function Skeleton({ className }: { className: string }) {
  const shown = useDelayed(true);
  return <span aria-hidden className={cx("block rounded-sm", shown && "animate-pulse bg-hover", className)} />;
}

/** Lines of text that are still to come. */
export function SkeletonLines({ lines = 3, label }: { lines?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-2.5">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} className={cx("h-3.5", ["w-3/4", "w-1/2", "w-2/3"][index % 3])} />
      ))}
    </div>
  );
}
