import { headers } from "next/headers";

/** Where the reader reaches this server, for code that is to be copied: `http://localhost:3000`. */
export async function requestOrigin(): Promise<string> {
  const sent = await headers();
  const host = sent.get("x-forwarded-host") ?? sent.get("host") ?? "localhost:3000";
  return `${sent.get("x-forwarded-proto") ?? "http"}://${host}`;
}
