import type { ServingRecorder } from "./recorder";

/** On globalThis, because the pages and the API are two bundles of one process. */
const memory = globalThis as { larderRecorder?: ServingRecorder };

/** The recorder of this process; null where nothing is recorded. */
export function processRecorder(): ServingRecorder | null {
  return memory.larderRecorder ?? null;
}

/** Makes a recorder the one of this process; null: none any more. */
export function setProcessRecorder(recorder: ServingRecorder | null): void {
  if (recorder) memory.larderRecorder = recorder;
  else delete memory.larderRecorder;
}
