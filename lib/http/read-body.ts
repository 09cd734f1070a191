import { LarderError } from "@/lib/kernel/errors";
import { parseJson } from "./json";

const MAX_BYTES = 10 * 1024 * 1024;

/** The JSON body of a request; undefined when there is none at all. Throws by the rules of README.md. */
export async function readBody(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MAX_BYTES) throw tooLarge();
  const type = request.headers.get("content-type");
  if (type !== null && !isJson(type)) throw notJson();
  const bytes = await readLimited(request.body);
  if (bytes.length === 0) {
    if (type === null) return undefined;
    throw new LarderError("malformed_json", "The body is empty; it must be JSON");
  }
  if (type === null) throw notJson();
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new LarderError("malformed_json", "The body is not valid UTF-8");
  }
  return parseJson(text);
}

/** What counts is what arrives: Content-Length may be absent, or lie. */
async function readLimited(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > MAX_BYTES) {
      // Not awaited: a sender that never ends must not hold the answer back.
      void reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

function isJson(contentType: string): boolean {
  return /^\s*application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType);
}

function notJson(): LarderError {
  return new LarderError("unsupported_media_type", "Send the body as application/json in UTF-8");
}

function tooLarge(): LarderError {
  return new LarderError("payload_too_large", `A body may have at most ${MAX_BYTES / 1024 / 1024} MB`);
}
