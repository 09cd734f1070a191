import { LarderError } from "@/lib/kernel/errors";
import { parseJson } from "./json";
import type { Access } from "./sender";

/** Bytes of a body, by who may send it: strangers get no room to keep the server busy. */
const MAX_BYTES: Record<Access, number> = { public: 16 * 1024, account: 64 * 1024, project: 10 * 1024 * 1024 };
const LIMIT_MS = 30_000;

/** The JSON body of a request; undefined when there is none at all. Throws by the rules of README.md. */
export async function readBody(request: Request, access: Access, limitMs: number = LIMIT_MS): Promise<unknown> {
  const maxBytes = MAX_BYTES[access];
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const type = request.headers.get("content-type");
  if (type !== null && !isJson(type)) throw notJson();
  const bytes = await readLimited(request.body, { maxBytes, limitMs });
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
async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, limitMs }: { maxBytes: number; limitMs: number },
): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  const deadline = Date.now() + limitMs;
  for (let next = await read(reader, deadline); !next.done; next = await read(reader, deadline)) {
    length += next.value.length;
    if (length > maxBytes) {
      // Not awaited: a sender that never ends must not hold the answer back.
      void reader.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    chunks.push(next.value);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** The next chunk, unless the sender takes longer than allowed for the whole body. */
async function read(reader: Reader, deadline: number): ReturnType<Reader["read"]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new LarderError("request_timeout", "The body did not arrive in time"));
    timer = setTimeout(stop, Math.max(0, deadline - Date.now()));
  });
  try {
    return await Promise.race([reader.read(), late]);
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function isJson(contentType: string): boolean {
  return /^\s*application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType);
}

function notJson(): LarderError {
  return new LarderError("unsupported_media_type", "Send the body as application/json in UTF-8");
}

function tooLarge(maxBytes: number): LarderError {
  return new LarderError("payload_too_large", `This body may have at most ${maxBytes / 1024} KiB`);
}
