import type { UploadedFile } from "@/lib/datasets/schema";

/** What a file is for: a file source of the project, or the rows of a training set. */
export type UploadPurpose = "source" | "spine";

const TYPES = { csv: "text/csv", parquet: "application/vnd.apache.parquet", json: "application/json" } as const;
const ENDS: Record<string, keyof typeof TYPES> = { csv: "csv", parquet: "parquet" };
const SPINE_ENDS: typeof ENDS = { ...ENDS, json: "json", jsonl: "json", ndjson: "json" };

/** What a file is, by the end of its name; null: nothing that can be uploaded for this. */
export function formatOf(name: string, purpose: UploadPurpose = "source"): keyof typeof TYPES | null {
  const end = name.toLowerCase().split(".").at(-1) ?? "";
  const ends = purpose === "spine" ? SPINE_ENDS : ENDS;
  return Object.hasOwn(ends, end) ? (ends[end] ?? null) : null;
}

/** Uploads a file and tells how much of it has gone out, as a share. Rejects with the server's words. */
export function sendFile(
  file: File,
  onShare: (share: number) => void,
  signal: AbortSignal,
  purpose: UploadPurpose = "source",
): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    // Unlike fetch, it tells how far the sending is.
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: file.name.slice(-200), ...(purpose !== "source" && { purpose }) });
    request.open("POST", `/api/v1/uploads?${query}`);
    request.setRequestHeader("content-type", TYPES[formatOf(file.name, purpose) ?? "csv"]);
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status === 201) resolve(body as UploadedFile);
      else reject(new Error(textOf(body) ?? `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error("The file did not arrive. Check the connection and try again."));
    request.onabort = () => reject(new Error("The upload was cancelled."));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textOf(body: unknown): string | null {
  const { detail } = (body ?? {}) as { detail?: unknown };
  return typeof detail === "string" ? detail : null;
}
