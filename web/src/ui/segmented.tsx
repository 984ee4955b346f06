interface SegmentedProps<V extends string> {
  options: readonly { value: V; label: string }[];
  value: V;
  onChange: (value: V) => void;
  label: string;
}

/** One of few, all visible. */
export function Segmented<V extends string>({ options, value, onChange, label }: SegmentedProps<V>) {
  return (
    <div role="radiogroup" aria-label={label} className="inline-flex gap-0.5 rounded-md bg-sunken p-0.5">
      {options.map((option) => (
        <label
          key={option.value}
          className="flex h-control-sm items-center rounded-sm border border-transparent px-2.5 font-medium text-ink-muted select-none has-checked:border-line-strong has-checked:bg-surface has-checked:text-ink has-focus-visible:ring-2 has-focus-visible:ring-focus"
        >
          <input
            type="radio"
            name={label}
            className="sr-only"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
