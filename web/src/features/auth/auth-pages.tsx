import type { EmailOtpType } from "@supabase/auth-js";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import { explain } from "@/api/errors";
import { auth, useSignedIn } from "@/api/session";
import { chooseWorkspace } from "@/api/workspace";
import { paths } from "@/app/paths";
import { buttonClass } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { explainAuth } from "./auth-errors";
import { AuthForm, AuthTitle, EmailInput, PasswordInput } from "./auth-form";

const LINK = "text-accent-text font-medium underline underline-offset-2";

function text(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}

/** Somebody who is signed in has no business here: on to where they wanted to go. */
function useOnward(): boolean {
  const user = useSignedIn();
  const navigate = useNavigate();
  const { next = paths.home } = useSearch({ from: "/outside" });
  useEffect(() => {
    if (user) void navigate({ href: next, replace: true });
  }, [user, next, navigate]);
  return user !== null;
}

/** Whether strangers may sign up; unknown counts as yes, the server decides. */
function useSignUpOpen(): boolean {
  const { data } = useQuery({
    queryKey: ["auth-settings"],
    queryFn: async ({ signal }) => {
      const response = await fetch("/auth/v1/settings", { signal });
      return (await response.json()) as { disable_signup?: boolean };
    },
    retry: false,
  });
  return !data?.disable_signup;
}

export function SignInPage() {
  const { t } = useLingui();
  const isLeaving = useOnward();
  const { next } = useSearch({ from: "/outside" });
  const open = useSignUpOpen();
  if (isLeaving) return null;
  return (
    <AuthForm
      title={t`Sign in`}
      intro={t`Good to see you again.`}
      submit={t`Sign in`}
      explain={explainAuth}
      onSubmit={async (fields) => {
        const { error } = await (
          await auth()
        ).signInWithPassword({
          email: text(fields, "email").trim(),
          password: text(fields, "password"),
        });
        if (error) throw error;
      }}
      footer={
        open && (
          <Trans>
            New here?{" "}
            <Link to={paths.signUp} search={next ? { next } : {}} className={LINK}>
              Create an account
            </Link>
          </Trans>
        )
      }
    >
      <EmailInput autoFocus autoComplete="username" />
      <PasswordInput
        label={t`Password`}
        aside={
          <Link
            to={paths.forgottenPassword}
            className="self-start text-sm text-accent-text underline-offset-2 hover:underline"
          >
            <Trans>Forgot your password?</Trans>
          </Link>
        }
      />
    </AuthForm>
  );
}

export function SignUpPage() {
  const { t } = useLingui();
  const isLeaving = useOnward();
  const { next } = useSearch({ from: "/outside" });
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (isLeaving) return null;
  if (sentTo) return <MailSent to={sentTo} />;
  return (
    <AuthForm
      title={t`Create an account`}
      intro={t`A workspace of your own is made with it. Your data stays on this server.`}
      submit={t`Create account`}
      explain={explainAuth}
      onSubmit={async (fields) => {
        const email = text(fields, "email").trim();
        const { data, error } = await (
          await auth()
        ).signUp({
          email,
          password: text(fields, "password"),
          options: { data: { name: text(fields, "name").trim() }, emailRedirectTo: location.origin + (next ?? "/") },
        });
        if (error) throw error;
        if (!data.session) setSentTo(email);
      }}
      footer={
        <Trans>
          Have an account?{" "}
          <Link to={paths.signIn} search={next ? { next } : {}} className={LINK}>
            Sign in
          </Link>
        </Trans>
      }
    >
      <Field label={t`Your name`}>
        <Input name="name" required autoFocus autoComplete="name" maxLength={200} />
      </Field>
      <EmailInput />
      <PasswordInput label={t`Password`} fresh />
    </AuthForm>
  );
}

export function ForgottenPasswordPage() {
  const { t } = useLingui();
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (sentTo) return <MailSent to={sentTo} />;
  return (
    <AuthForm
      title={t`Set a new password`}
      intro={t`We send you a link with which you choose a new one.`}
      submit={t`Send the link`}
      explain={explainAuth}
      onSubmit={async (fields) => {
        const email = text(fields, "email").trim();
        const { error } = await (
          await auth()
        ).resetPasswordForEmail(email, { redirectTo: location.origin + paths.newPassword });
        if (error) throw error;
        setSentTo(email);
      }}
      footer={
        <Link to={paths.signIn} className={LINK}>
          <Trans>Back to signing in</Trans>
        </Link>
      }
    >
      <EmailInput autoFocus />
    </AuthForm>
  );
}

/** The same words whether or not there is such an account. */
function MailSent({ to }: { to: string }) {
  const { t } = useLingui();
  return (
    <>
      <MailCheck aria-hidden className="mb-4 size-8 text-accent-text" strokeWidth={1.5} />
      <AuthTitle
        title={t`Look into your mail`}
        intro={t`If ${to} can be used here, a mail with a link is on its way. Look in spam, too.`}
      />
      <Link to={paths.signIn} className={LINK}>
        <Trans>Back to signing in</Trans>
      </Link>
    </>
  );
}

export function NewPasswordPage() {
  const { t } = useLingui();
  const user = useSignedIn();
  const navigate = useNavigate();
  if (!user) return <SpentLink />;
  return (
    <AuthForm
      title={t`Choose a new password`}
      intro={t`For ${{ email: user.email }}. Other browsers will be signed out.`}
      submit={t`Save password`}
      explain={explainAuth}
      onSubmit={async (fields) => {
        const { error } = await (await auth()).updateUser({ password: text(fields, "password") });
        if (error) throw error;
        await navigate({ to: paths.home });
      }}
    >
      <PasswordInput label={t`New password`} fresh />
    </AuthForm>
  );
}

function SpentLink() {
  const { t } = useLingui();
  return (
    <>
      <AuthTitle title={t`This link can't be used`} intro={t`It was used already, or is too old.`} />
      <Link to={paths.forgottenPassword} className={LINK}>
        <Trans>Ask for a new one</Trans>
      </Link>
    </>
  );
}

const LINK_TYPES: readonly string[] = ["signup", "invite", "magiclink", "recovery", "email", "email_change"];

/** Where mailed links lead. The code is spent by a press, not by opening: mail scanners open links, too. */
export function ConfirmPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { token_hash = "", type = "email" } = useSearch({ from: "/outside/auth/confirm" });
  const [note, setNote] = useState<string | null>(null);
  const title = type === "recovery" ? t`Set a new password` : t`Confirm your e-mail`;
  if (!token_hash || !LINK_TYPES.includes(type)) return <SpentLink />;
  if (note) return <AuthTitle title={title} intro={note} />;
  return (
    <AuthForm
      title={title}
      intro={t`One press, so that we know that it is you and not a mail scanner.`}
      submit={t`Go on`}
      explain={explainAuth}
      onSubmit={async () => {
        const { data, error } = await (await auth()).verifyOtp({ token_hash, type: type as EmailOtpType });
        if (error) throw error;
        if (!data.session) setNote(t`Thank you. Now open the link that we sent to your other address.`);
        else await navigate({ to: type === "recovery" || type === "invite" ? paths.newPassword : paths.home });
      }}
    />
  );
}

export function AcceptInvitationPage() {
  const { t } = useLingui();
  const user = useSignedIn();
  const { token = "" } = useSearch({ from: "/outside/accept-invitation" });
  const next = `${paths.acceptInvitation}?token=${encodeURIComponent(token)}`;
  if (!user) {
    return (
      <>
        <AuthTitle
          title={t`You are invited`}
          intro={t`Sign in, or create an account with the invited e-mail, to join.`}
        />
        <div className="flex flex-col gap-2">
          <Link to={paths.signUp} search={{ next }} className={buttonClass("primary")}>
            <Trans>Create an account</Trans>
          </Link>
          <Link to={paths.signIn} search={{ next }} className={buttonClass("secondary")}>
            <Trans>Sign in</Trans>
          </Link>
        </div>
      </>
    );
  }
  return (
    <AuthForm
      title={t`You are invited`}
      intro={t`You join as ${{ email: user.email }}.`}
      submit={t`Join the workspace`}
      explain={(error) => {
        const { title, description } = explain(error);
        return `${title}. ${description}`;
      }}
      onSubmit={async () => {
        const { data } = await api.POST("/api/v1/invitations/accept", { body: { token } });
        const workspace = (data as { workspace_id?: string } | undefined)?.workspace_id;
        if (workspace) chooseWorkspace(workspace);
        else location.assign(paths.home);
      }}
    />
  );
}
