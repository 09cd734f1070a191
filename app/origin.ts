import { headers } from "next/headers";
import { currentEnv } from "@/lib/platform/context";

/** Where the reader reaches this server, for code that is to be copied: `http://localhost:3000`. The server has checked the Host. */
export async function requestOrigin(): Promise<string> {
  const { publicUrl } = currentEnv();
  return publicUrl ?? `http://${(await headers()).get("host") ?? "localhost:3000"}`;
}
