import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronsUpDown, X } from "lucide-react";
import type { ReactNode } from "react";
import { useLingui } from "@lingui/react/macro";
import { cx } from "@/lib/cx";
import type { Option } from "./select";

const POPUP = "popup max-h-[min(20rem,var(--available-height))] w-(--anchor-width) min-w-48 overflow-y-auto p-1";

interface SearchProps {
  /** Given, the list is the caller's answer to what is typed; else the options are filtered here. */
  onSearch?: (text: string) => void;
  empty?: ReactNode;
  placeholder?: string;
  label?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  className?: string;
}

interface ComboboxProps extends SearchProps {
  options: readonly Option[];
  value: Option | null;
  onChange: (value: Option | null) => void;
}

export function Combobox({
  options,
  value,
  onChange,
  onSearch,
  empty,
  placeholder,
  label,
  disabled,
  autoFocus,
  className,
}: ComboboxProps) {
  const { t } = useLingui();
  return (
    <Base.Root
      items={options}
      value={value}
      onValueChange={onChange}
      disabled={disabled}
      autoHighlight
      isItemEqualToValue={(a: Option, b: Option) => a.value === b.value}
      {...(onSearch && { filter: null, onInputValueChange: onSearch })}
    >
      <Base.InputGroup className={cx("flex h-control field items-center gap-1", className)}>
        <Base.Input
          aria-label={label}
          placeholder={placeholder}
          autoFocus={autoFocus}
          className="min-w-0 flex-1 bg-transparent outline-none"
        />
        <Base.Clear aria-label={t`Clear`} className="text-ink-faint hover:text-ink">
          <X aria-hidden className="size-3.5" />
        </Base.Clear>
        <Base.Trigger aria-label={t`Show choices`} className="text-ink-faint">
          <ChevronsUpDown aria-hidden className="size-3.5" />
        </Base.Trigger>
      </Base.InputGroup>
      <Choices empty={empty} />
    </Base.Root>
  );
}

interface MultiComboboxProps extends SearchProps {
  options: readonly Option[];
  value: readonly Option[];
  onChange: (value: Option[]) => void;
  renderChip?: (option: Option) => ReactNode;
}

/** Several choices, each a chip in the field; Backspace takes the last one away. */
export function MultiCombobox({
  options,
  value,
  onChange,
  onSearch,
  empty,
  placeholder,
  label,
  disabled,
  autoFocus,
  renderChip,
  className,
}: MultiComboboxProps) {
  const { t } = useLingui();
  return (
    <Base.Root
      multiple
      items={options}
      value={value as Option[]}
      onValueChange={onChange}
      disabled={disabled}
      autoHighlight
      isItemEqualToValue={(a: Option, b: Option) => a.value === b.value}
      {...(onSearch && { filter: null, onInputValueChange: onSearch })}
    >
      <Base.InputGroup className={cx("flex min-h-control field items-center py-1", className)}>
        <Base.Chips className="flex min-w-0 flex-1 flex-wrap items-center gap-1">
          {value.map((option) => (
            <Base.Chip
              key={option.value}
              className="flex max-w-full items-center gap-1 rounded-sm bg-sunken ps-1.5 outline-none data-highlighted:ring-2 data-highlighted:ring-focus"
            >
              {renderChip ? renderChip(option) : <span className="truncate">{option.label}</span>}
              <Base.ChipRemove
                aria-label={t`Remove ${{ label: option.label }}`}
                className="flex size-5 items-center justify-center text-ink-faint hover:text-ink"
              >
                <X aria-hidden className="size-3" />
              </Base.ChipRemove>
            </Base.Chip>
          ))}
          <Base.Input
            aria-label={label}
            placeholder={value.length === 0 ? placeholder : undefined}
            autoFocus={autoFocus}
            className="min-w-16 flex-1 bg-transparent outline-none"
          />
        </Base.Chips>
      </Base.InputGroup>
      <Choices empty={empty} />
    </Base.Root>
  );
}

function Choices({ empty }: { empty?: ReactNode }) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={4} align="start" className="z-50">
        <Base.Popup className={POPUP}>
          <Base.Empty>
            <div className="px-2 py-1.5 text-ink-faint">{empty}</div>
          </Base.Empty>
          <Base.List>
            {(option: Option) => (
              <Base.Item key={option.value} value={option} className="item">
                <span className="min-w-0 flex-1 truncate">{option.label}</span>
                <Base.ItemIndicator>
                  <Check aria-hidden className="size-3.5 text-accent-text" />
                </Base.ItemIndicator>
              </Base.Item>
            )}
          </Base.List>
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}
