import { stat } from "node:fs/promises";

const EVERY_MS = 100;

/** Calls `tooMuch` once when the file at a path has more than `limit` bytes. Gives what ends the watch. */
export function watchSize(path: string, limit: number, tooMuch: () => void): () => void {
  const timer = setInterval(() => {
    void stat(path).then(
      ({ size }) => {
        if (size <= limit || ended) return;
        stop();
        tooMuch();
      },
      () => undefined,
    );
  }, EVERY_MS);
  timer.unref();
  let ended = false;
  const stop = (): void => {
    ended = true;
    clearInterval(timer);
  };
  return stop;
}
