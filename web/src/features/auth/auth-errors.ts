import { AuthRetryableFetchError, AuthWeakPasswordError, isAuthError } from "@supabase/auth-js";
import { t } from "@lingui/core/macro";

/** A refusal of the auth protocol in plain words: what happened and what to do. */
export function explainAuth(error: unknown): string {
  if (!isAuthError(error)) return t`This page made a mistake. Reload it and try again.`;
  if (error instanceof AuthRetryableFetchError)
    return t`The server can't be reached at the moment. What you typed is kept; try again.`;
  if (error instanceof AuthWeakPasswordError)
    return t`This password is too easy to guess. ${{ message: error.message }}`;
  switch (error.code) {
    case "invalid_credentials":
      return t`E-mail and password don't fit together. Check both, or set a new password.`;
    case "email_not_confirmed":
      return t`This e-mail is not confirmed yet. Open the link in the mail that we sent you.`;
    case "user_banned":
      return t`This account is blocked. Ask an admin.`;
    case "user_already_exists":
    case "email_exists":
      return t`There is an account with this e-mail already. Sign in instead.`;
    case "signup_disabled":
      return t`New accounts are by invitation only. Ask a colleague to invite you.`;
    case "same_password":
      return t`This is your present password. Choose another.`;
    case "current_password_invalid":
      return t`The present password is not right.`;
    case "otp_expired":
      return t`This link was used already, or is too old. Ask for a new one.`;
    case "over_email_send_rate_limit":
      return t`We just sent a mail. Look for it, also in spam, or ask again in a minute.`;
    case "over_request_rate_limit":
      return t`Too many tries. Wait a minute, then try again.`;
    case "session_not_found":
    case "session_expired":
      return t`Your session has ended. Sign in again.`;
    default:
      return error.message;
  }
}
