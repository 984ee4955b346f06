import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { formatNumber } from "@/lib/format";

interface Tab<V extends string> {
  value: V;
  label: ReactNode;
  count?: number | undefined;
}

interface TabsProps<V extends string> {
  tabs: readonly Tab<V>[];
  value: V;
  onChange: (value: V) => void;
  label: string;
  children: (value: V) => ReactNode;
}

export function Tabs<V extends string>({ tabs, value, onChange, label, children }: TabsProps<V>) {
  return (
    <Base.Root value={value} onValueChange={(next: V) => onChange(next)} className="flex min-h-0 flex-col">
      <Base.List aria-label={label} className="relative flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="flex h-control shrink-0 items-center gap-1.5 px-2 font-medium text-ink-muted select-none hover:text-ink data-active:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="font-normal text-ink-faint tabular">{formatNumber(tab.count)}</span>
            )}
          </Base.Tab>
        ))}
        <Base.Indicator className="absolute start-0 bottom-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) bg-ink transition-[translate,width] duration-160" />
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="min-h-0 flex-1 outline-offset-[-2px]">
          {tab.value === value && children(tab.value)}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
