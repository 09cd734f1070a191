import type { UploadedFile } from "@/lib/datasets/schema";

const TYPES: Record<string, string> = { csv: "text/csv", parquet: "application/vnd.apache.parquet" };

/** What a file is, by the end of its name; null: nothing that can be uploaded. */
export function formatOf(name: string): "csv" | "parquet" | null {
  const end = name.toLowerCase().split(".").at(-1) ?? "";
  return end in TYPES ? (end as "csv" | "parquet") : null;
}

/** Uploads a file and tells how much of it has gone out, as a share. Rejects with the server's words. */
export function sendFile(file: File, onShare: (share: number) => void, signal: AbortSignal): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    // Unlike fetch, it tells how far the sending is.
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/uploads?${new URLSearchParams({ name: file.name.slice(-200) })}`);
    request.setRequestHeader("content-type", TYPES[formatOf(file.name) ?? "csv"] ?? "");
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
