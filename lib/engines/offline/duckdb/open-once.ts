import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";

/** Has a file written, and gives it as a stream; its name is gone before anybody reads, so nothing is ever left of it. */
export async function openOnce(
  path: string,
  write: () => Promise<unknown>,
): Promise<{ stream: ReadableStream<Uint8Array>; byteCount: number; rowCount: number }> {
  await mkdir(dirname(path), { recursive: true });
  try {
    const rowCount = Number(await write());
    const file = await open(path, "r");
    const { size } = await file.stat();
    return { stream: Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>, byteCount: size, rowCount };
  } finally {
    await rm(path, { force: true });
  }
}
