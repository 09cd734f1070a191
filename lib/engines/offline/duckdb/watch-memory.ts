import { readFile } from "node:fs/promises";

const EVERY_MS = 200;
/** What node and DuckDB take before they do anything. */
const OWN_BYTES = 256 * 1024 * 1024;

/**
 * Looks at what a process holds in memory as often as it takes to stop it in time: `tooMuch` is called once when that is
 * more than `limit` bytes and 30 %. Looks at nothing where there is no /proc. Gives what ends the watch.
 */
export function watchMemory(pid: number | undefined, limit: number, tooMuch: () => void): () => void {
  if (process.platform !== "linux" || pid === undefined || Number.isNaN(limit)) return () => {};
  const most = limit * 1.3 + OWN_BYTES;
  const timer = setInterval(() => {
    void held(pid).then((bytes) => {
      if (bytes <= most || ended) return;
      stop();
      tooMuch();
    });
  }, EVERY_MS);
  timer.unref();
  let ended = false;
  const stop = (): void => {
    ended = true;
    clearInterval(timer);
  };
  return stop;
}

/** Bytes of a process that are in memory and in no file; 0 when it is gone. */
async function held(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/RssAnon:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
