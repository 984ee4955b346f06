import { useLingui } from "@lingui/react/macro";
import { Settings } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type SignedIn, useSignedIn } from "@/api/session";
import { Page } from "@/app/layout/page";
import { PasswordInput } from "@/features/auth/auth-form";
import { setTheme, type Theme, useTheme } from "@/lib/theme";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { Section, useChange } from "./section";
import { Sessions } from "./sessions";

export function SettingsPage() {
  const { t } = useLingui();
  const user = useSignedIn();
  if (!user) return null;
  return (
    <Page title={t`Settings`} icon={Settings} narrow>
      <Profile user={user} />
      <Appearance />
      <Password />
      <Sessions />
    </Page>
  );
}

function Profile({ user }: { user: SignedIn }) {
  const { t } = useLingui();
  const { busy, change } = useChange();
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);

  async function save(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== user.name)
      await change(t`Name saved`, (client) => client.updateUser({ data: { name: name.trim() } }));
    if (email.trim() !== user.email) {
      await change(t`Open the links that we sent to both addresses`, (client) =>
        client.updateUser({ email: email.trim() }),
      );
    }
  }

  const changed = name.trim() !== user.name || email.trim() !== user.email;
  return (
    <Section title={t`You`} intro={t`How colleagues see you. Your name stands beside what you change.`}>
      <form onSubmit={(event) => void save(event)} className="flex w-full max-w-sm flex-col gap-4">
        <Field label={t`Name`}>
          <Input
            value={name}
            required
            maxLength={200}
            autoComplete="name"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field label={t`E-mail`} hint={t`A new address counts once both the old and the new one have confirmed it.`}>
          <Input
            type="email"
            value={email}
            required
            autoComplete="email"
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        </Field>
        <Button type="submit" variant="primary" loading={busy} disabled={!changed} className="self-start">
          {t`Save`}
        </Button>
      </form>
    </Section>
  );
}

function Appearance() {
  const { t } = useLingui();
  const theme = useTheme();
  return (
    <Section title={t`Appearance`} intro={t`For this browser.`}>
      <Segmented<Theme>
        label={t`Theme`}
        value={theme}
        onChange={setTheme}
        options={[
          { value: "system", label: t`Like the system` },
          { value: "light", label: t`Light` },
          { value: "dark", label: t`Dark` },
        ]}
      />
    </Section>
  );
}

function Password() {
  const { t } = useLingui();
  const { busy, change } = useChange();

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const saved = await change(t`Password changed. Other browsers are signed out.`, (client) =>
      client.updateUser({
        password: String(fields.get("password")),
        current_password: String(fields.get("current_password")),
      }),
    );
    if (saved) form.reset();
  }

  return (
    <Section title={t`Password`} intro={t`Changing it signs out your other browsers.`}>
      <form onSubmit={(event) => void save(event)} className="flex w-full max-w-sm flex-col gap-4">
        <PasswordInput name="current_password" label={t`Present password`} />
        <PasswordInput label={t`New password`} fresh />
        <Button type="submit" loading={busy} className="self-start">
          {t`Change password`}
        </Button>
      </form>
    </Section>
  );
}
