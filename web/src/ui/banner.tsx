import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

const TONES = {
  info: { icon: Info, className: "bg-accent-soft text-accent-text" },
  warn: { icon: TriangleAlert, className: "bg-warn-soft text-warn-text" },
  danger: { icon: CircleAlert, className: "bg-danger-soft text-danger-text" },
};

/** Says what is so, what still works, and offers one thing to do. */
export function Banner({
  tone,
  children,
  action,
}: {
  tone: keyof typeof TONES;
  children: ReactNode;
  action?: ReactNode;
}) {
  const { icon: Icon, className } = TONES[tone];
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={cx("flex items-center gap-2.5 rounded-md px-3 py-2", className)}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
