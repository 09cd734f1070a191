import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./globals.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { getMe } from "@/lib/access/get-me";
import type { Me } from "@/lib/access/schema";
import { findPageContext } from "@/lib/http/page-context";
import { refreshEverything } from "./actions";
import { Live } from "./live";
import { Providers } from "./providers";

export const dynamic = "force-dynamic";
export const metadata: Metadata = {
  title: { default: "Larder", template: "%s · Larder" },
  description: "Feature store and feature catalog for machine learning",
  icons: { icon: "/icon.svg" },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** Null when nobody is signed in, or when the database cannot be asked, so that a frame still stands around the error. */
async function whoLooks(): Promise<Me | null> {
  const ctx = await findPageContext("account");
  return ctx && getMe(ctx, {}).catch(() => null);
}

/** The document around every page. */
export default async function RootLayout({ children }: { children: ReactNode }): Promise<React.ReactElement> {
  // Styles and scripts in the document are held to by the policy that the server sent with it.
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript nonce={nonce} defaultColorScheme="auto" />
      </head>
      <body>
        <Providers me={await whoLooks()} nonce={nonce} refresh={refreshEverything}>
          {children}
          <Live />
        </Providers>
      </body>
    </html>
  );
}
