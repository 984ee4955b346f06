import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { meQuery } from "@/api/me";
import { isProblem } from "@/api/problem";
import { useSignedIn } from "@/api/session";
import { chosenWorkspace, forgetWorkspace } from "@/api/workspace";
import { useIsPhone } from "@/lib/use-media";
import { useShortcuts } from "../actions";
import { useLiveUpdates } from "../live-updates";
import { useOverlay } from "../overlays";
import { paths } from "../paths";
import { useGlobalActions } from "../global-actions";
import { BottomBar } from "./bottom-bar";
import { Sidebar } from "./sidebar";
import { StatusBanner } from "./status";

const CommandPalette = lazy(() => import("../command-palette"));
const ShortcutSheet = lazy(() => import("../shortcut-sheet"));
const CreateContactDialog = lazy(() => import("@/features/contacts/create-contact-dialog"));
const CreateCompanyDialog = lazy(() => import("@/features/companies/create-company-dialog"));

export function AppLayout() {
  const user = useSignedIn();
  const navigate = useNavigate();
  // Once for each sign-out, not for each address: the way to the sign-in page is an address, too.
  useEffect(() => {
    if (user) return;
    const next = location.pathname + location.search;
    void navigate({ to: paths.signIn, search: next === paths.home ? {} : { next }, replace: true });
  }, [user, navigate]);
  return user && <SignedInLayout />;
}

function SignedInLayout() {
  const { t } = useLingui();
  const isPhone = useIsPhone();
  useGlobalActions();
  useShortcuts();
  useLiveUpdates();
  useLostWorkspace();
  return (
    <div className="flex h-full max-wide:flex-col">
      <a
        href="#main"
        className="sr-only z-50 popup focus:not-sr-only focus:absolute focus:start-2 focus:top-2 focus:px-3 focus:py-2"
      >{t`Skip to the content`}</a>
      {!isPhone && <Sidebar />}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col wide:py-2 wide:pe-2">
        <StatusBanner />
        <main
          id="main"
          tabIndex={-1}
          className="min-h-0 flex-1 overflow-hidden bg-surface outline-none wide:rounded-lg wide:border"
        >
          <Outlet />
        </main>
      </div>
      {isPhone && <BottomBar />}
      <Overlays />
    </div>
  );
}

function Overlays() {
  const [overlay, setOverlay] = useOverlay();
  const close = () => setOverlay(null);
  return (
    <Suspense>
      {overlay === "palette" && <CommandPalette onClose={close} />}
      {overlay === "shortcuts" && <ShortcutSheet onClose={close} />}
      {overlay === "create-contact" && <CreateContactDialog onClose={close} />}
      {overlay === "create-company" && <CreateCompanyDialog onClose={close} />}
    </Suspense>
  );
}

/** The chosen workspace is gone or was left: fall back to the user's first. */
function useLostWorkspace(): void {
  const { error } = useQuery(meQuery);
  const lost = isProblem(error, 404) && chosenWorkspace() !== null;
  useEffect(() => {
    if (!lost) return;
    forgetWorkspace();
    location.assign("/");
  }, [lost]);
}
