import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./globals.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { pageContext } from "@/lib/http/page-context";
import { refreshEverything } from "./actions";
import { Providers } from "./providers";

export const dynamic = "force-dynamic";
export const metadata: Metadata = {
  title: { default: "Larder", template: "%s · Larder" },
  description: "Feature store and feature catalog for machine learning",
  icons: { icon: "/icon.svg" },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** The name of the project; null when the database cannot be asked, so that the frame still stands around the error. */
async function projectName(): Promise<string | null> {
  try {
    return (await pageContext()).project.name;
  } catch {
    return null;
  }
}

/** The document around every page. */
export default async function RootLayout({ children }: { children: ReactNode }): Promise<React.ReactElement> {
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" />
      </head>
      <body>
        <Providers project={await projectName()} refresh={refreshEverything}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
