import { CSPProvider } from "@base-ui/react/csp-provider";
import { DirectionProvider } from "@base-ui/react/direction-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { PersistQueryClientProvider } from "@tanstack/react-query-persist-client";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { CACHE_MAX_AGE_MS, createPersister, createQueryClient } from "@/api/query-client";
import { useSignedIn } from "@/api/session";
import { chosenWorkspace } from "@/api/workspace";
import type { Direction } from "@/lib/i18n";
import { Toaster } from "@/ui/toast";
import { router } from "./routes";

export function Providers({ direction }: { direction: Direction }) {
  const user = useSignedIn();
  const scope = user ? `${user.id}/${chosenWorkspace() ?? "first"}` : "nobody";
  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={direction}>
        <I18nProvider i18n={i18n}>
          <Tooltip.Provider delay={400} timeout={300}>
            <ScopedData key={scope} scope={scope} />
            <Toaster />
          </Tooltip.Provider>
        </I18nProvider>
      </DirectionProvider>
    </CSPProvider>
  );
}

/** Data of one user in one workspace; another key starts from nothing. */
function ScopedData({ scope }: { scope: string }) {
  const [queryClient] = useState(createQueryClient);
  const [persister] = useState(() => createPersister(scope));
  return (
    <PersistQueryClientProvider
      client={queryClient}
      // What was kept paints at once; nobody told it what happened since.
      onSuccess={() => queryClient.invalidateQueries()}
      persistOptions={{
        persister,
        maxAge: CACHE_MAX_AGE_MS,
        buster: __BUILD__,
        dehydrateOptions: {
          shouldDehydrateQuery: (query) => query.state.status === "success" && query.meta?.persist !== false,
          shouldDehydrateMutation: () => false,
        },
      }}
    >
      <RouterProvider router={router} />
    </PersistQueryClientProvider>
  );
}
