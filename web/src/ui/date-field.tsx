import type { ComponentProps } from "react";
import { Input } from "./field";

type NativeProps = Omit<ComponentProps<typeof Input>, "type" | "value" | "onChange"> & {
  value: string | null;
  onChange: (value: string | null) => void;
};

/** A day, `YYYY-MM-DD`. The browser's own picker: it knows the user's language, keyboard and reader. */
export function DateField({ value, onChange, ...rest }: NativeProps) {
  return (
    <Input
      {...rest}
      type="date"
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    />
  );
}

/** An instant, RFC 3339 in UTC, picked in the browser's time zone. */
export function DateTimeField({ value, onChange, ...rest }: NativeProps) {
  return (
    <Input
      {...rest}
      type="datetime-local"
      value={value ? toLocalInput(value) : ""}
      onChange={(event) =>
        onChange(event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : null)
      }
    />
  );
}

function toLocalInput(instant: string): string {
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
