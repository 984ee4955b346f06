import { Trans, useLingui } from "@lingui/react/macro";
import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { Compass, RotateCw, Unplug } from "lucide-react";
import { explain } from "@/api/errors";
import { Button, buttonClass } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Page } from "./layout/page";
import { paths } from "./paths";

export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Not found`}>
      <EmptyState
        kind="nothing"
        icon={Compass}
        title={t`There is no page at this address`}
        action={
          <Link to={paths.home} className={buttonClass("primary")}>
            <Trans>Go to Home</Trans>
          </Link>
        }
      >
        <Trans>The link may be old, or a letter is missing.</Trans>
      </EmptyState>
    </Page>
  );
}

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const { t } = useLingui();
  const { title, description } = explain(error);
  return (
    <Page title={t`Error`}>
      <EmptyState
        kind="nothing"
        icon={RotateCw}
        title={title}
        action={
          <>
            <Button onClick={reset}>{t`Try again`}</Button>
            <Button variant="primary" onClick={() => location.reload()}>{t`Reload the page`}</Button>
          </>
        }
      >
        {description}
      </EmptyState>
    </Page>
  );
}

/** Instead of a page of which nothing is kept while the server is away. */
export function OfflineState({ onRetry }: { onRetry: () => void }) {
  const { t } = useLingui();
  return (
    <EmptyState
      kind="nothing"
      icon={Unplug}
      title={t`Not kept for offline reading`}
      action={<Button onClick={onRetry}>{t`Try again`}</Button>}
    >
      <Trans>
        The server can't be reached, and this was not opened here before. It loads by itself when the server is back.
      </Trans>
    </EmptyState>
  );
}
