import { describe, expect, it } from "vitest";
import { encodeKey, encodeTable, endOfTable } from "./key-encoding";

describe("encodeKey", () => {
  const prefix = encodeTable("t");

  it("keeps short keys literally and long ones by their hash, within LMDB's 1,978 bytes", () => {
    const short = encodeKey(prefix, ["k".repeat(250)]);
    expect(short.full).toBeNull();
    expect(short.bytes.includes("kkk")).toBe(true);
    const long = encodeKey(encodeTable("t".repeat(255)), ["k".repeat(100_000)]);
    expect(long.bytes.length).toBe(256 + 1 + 32);
    expect(
      Buffer.from(long.full ?? "", "base64")
        .subarray(5)
        .toString(),
    ).toBe("k".repeat(100_000));
  });

  it("one part that spells two is not two parts", () => {
    const two = encodeKey(prefix, ["a", "b"]).bytes;
    const partStart = two.indexOf("a");
    const spelled = two.subarray(partStart).toString("latin1");
    expect(encodeKey(prefix, [spelled]).bytes.equals(two)).toBe(false);
  });

  it("a short key that spells a hash is not the long key with that hash", () => {
    const hashed = encodeKey(prefix, ["k".repeat(1_000)]).bytes;
    const spelled = encodeKey(prefix, [hashed.subarray(prefix.length + 1).toString("latin1")]).bytes;
    expect(spelled[prefix.length]).not.toBe(hashed[prefix.length]);
  });

  it.each<[string, string]>([
    ["a", "ab"],
    ["a", "b"],
    ["a", "a\u0000"],
    ["ab", "abc"],
  ])("keys of %j lie inside their table's range and outside that of %j", (table, other) => {
    for (const key of [[], [1], ["z".repeat(600)], ["\u{10FFFF}"]]) {
      const { bytes } = encodeKey(encodeTable(table), key);
      expect(inside(bytes, table)).toBe(true);
      expect(inside(bytes, other)).toBe(false);
    }
  });
});

function inside(bytes: Buffer, table: string): boolean {
  const prefix = encodeTable(table);
  return bytes.compare(prefix) >= 0 && bytes.compare(endOfTable(prefix)) < 0;
}
