/** Tests only: begins an upload below the folder it is given, says so when some of it is written, and never ends it. */
import { setTimeout as wait } from "node:timers/promises";
import { saveUpload } from "./uploads";

const [uploadsDir = ""] = process.argv.slice(2);

async function* endless(): AsyncGenerator<Uint8Array> {
  while (true) {
    yield new TextEncoder().encode("a,b\n1,2\n".repeat(10_000));
    process.send?.("written");
    await wait(20);
  }
}

await saveUpload(uploadsDir, { folder: "prj_a", format: "csv", body: endless(), maxBytes: 1e12 });
