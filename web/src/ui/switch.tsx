import { Switch as Base } from "@base-ui/react/switch";
import type { ComponentProps, ReactNode } from "react";

interface SwitchProps extends Omit<ComponentProps<typeof Base.Root>, "className" | "children"> {
  children: ReactNode;
}

/** For what takes effect at once; a form that is sent uses a checkbox. */
export function Switch({ children, ...rest }: SwitchProps) {
  return (
    <label className="flex min-h-control-sm items-center justify-between gap-4 select-none">
      {children}
      <Base.Root
        {...rest}
        className="flex h-5 w-8 shrink-0 items-center rounded-full bg-edge p-0.5 transition-colors data-checked:bg-accent data-disabled:opacity-50"
      >
        <Base.Thumb className="size-4 rounded-full bg-surface transition-transform data-checked:translate-x-3 rtl:data-checked:-translate-x-3" />
      </Base.Root>
    </label>
  );
}
