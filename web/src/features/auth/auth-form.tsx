import { useLingui } from "@lingui/react/macro";
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type FormEvent, type ReactNode, useState } from "react";
import { useTitle } from "@/lib/use-title";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";

interface AuthFormProps {
  title: string;
  intro?: ReactNode;
  submit: string;
  /** Does the work; what it throws is shown above the button. */
  onSubmit: (fields: FormData) => Promise<void>;
  explain: (error: unknown) => string;
  footer?: ReactNode;
  children?: ReactNode;
}

export function AuthForm({ title, intro, submit, onSubmit, explain, footer, children }: AuthFormProps) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await onSubmit(new FormData(event.currentTarget));
    } catch (refusal) {
      setError(explain(refusal));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <AuthTitle title={title} intro={intro} />
      <form onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
        {children}
        {error && <Banner tone="danger">{error}</Banner>}
        <Button type="submit" variant="primary" loading={busy} className="mt-1 w-full">
          {submit}
        </Button>
      </form>
      {footer && <p className="mt-6 text-ink-muted">{footer}</p>}
    </>
  );
}

export function AuthTitle({ title, intro }: { title: string; intro?: ReactNode }) {
  useTitle(title);
  return (
    <>
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="mt-1 mb-6 text-ink-muted">{intro}</p>
    </>
  );
}

export function EmailInput(props: Partial<ComponentProps<typeof Input>>) {
  const { t } = useLingui();
  return (
    <Field label={t`E-mail`}>
      <Input name="email" type="email" required autoComplete="email" inputMode="email" maxLength={255} {...props} />
    </Field>
  );
}

interface PasswordInputProps {
  label: string;
  name?: string;
  /** A password that is being made, not one that is known. */
  fresh?: boolean;
  aside?: ReactNode;
}

export function PasswordInput({ label, name = "password", fresh, aside }: PasswordInputProps) {
  const { t } = useLingui();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field label={label} hint={fresh ? t`At least 8 characters; a sentence is better than a word.` : undefined}>
      <div className="relative">
        <Input
          name={name}
          type={shown ? "text" : "password"}
          required
          minLength={fresh ? 8 : undefined}
          autoComplete={fresh ? "new-password" : "current-password"}
          className="pe-9"
        />
        <button
          type="button"
          aria-label={shown ? t`Hide the password` : t`Show the password`}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 end-0 flex w-9 items-center justify-center rounded-md text-ink-faint hover:text-ink"
        >
          <Icon aria-hidden className="size-4" strokeWidth={1.75} />
        </button>
      </div>
      {aside}
    </Field>
  );
}
