"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { spotlight } from "@mantine/spotlight";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { CommandPalette, type RefreshAnswer } from "@/components/catalog/command-palette";
import { AppShell } from "@/components/ui/app-shell";
import { cssVariablesResolver, theme } from "@/components/ui/theme";
import type { Me } from "@/lib/access/schema";

declare global {
  // What react-remove-scroll (behind dialogs) signs its style elements with.
  var __webpack_nonce__: string | undefined;
}

/** Everything that holds for all pages: theme, data cache, notifications, navigation and the command palette. */
export function Providers({
  me,
  nonce: sent,
  refresh,
  children,
}: {
  me: Me | null;
  nonce: string;
  refresh: () => Promise<RefreshAnswer>;
  children: ReactNode;
}): React.ReactElement {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5_000 } } }));
  // The policy of the document holds for as long as it is open; later answers bring nonces of their own.
  const [nonce] = useState(sent);
  if (typeof window !== "undefined") globalThis.__webpack_nonce__ = nonce;
  return (
    <QueryClientProvider client={client}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <Notifications position="bottom-right" />
        <AppShell me={me} onSearch={spotlight.open}>
          {children}
        </AppShell>
        {me?.project && <CommandPalette permissions={me.project.permissions} refresh={refresh} />}
      </MantineProvider>
    </QueryClientProvider>
  );
}
