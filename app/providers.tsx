"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { spotlight } from "@mantine/spotlight";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { CommandPalette, type RefreshAnswer } from "@/components/catalog/command-palette";
import { AppShell } from "@/components/ui/app-shell";
import { cssVariablesResolver, theme } from "@/components/ui/theme";

/** Everything that holds for all pages: theme, data cache, notifications, navigation and the command palette. */
export function Providers({
  project,
  refresh,
  children,
}: {
  project: string | null;
  refresh: () => Promise<RefreshAnswer>;
  children: ReactNode;
}): React.ReactElement {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5_000 } } }));
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <Notifications position="bottom-right" />
        <AppShell project={project} onSearch={spotlight.open}>
          {children}
        </AppShell>
        <CommandPalette refresh={refresh} />
      </MantineProvider>
    </QueryClientProvider>
  );
}
