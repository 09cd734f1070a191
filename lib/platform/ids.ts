import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Every prefix an id may have, once. */
export type IdPrefix =
  | "prj"
  | "def"
  | "ent"
  | "src"
  | "grp"
  | "ftr"
  | "viw"
  | "cmt"
  | "fil"
  | "prf"
  | "run"
  | "trs"
  | "aud"
  | "req"
  | "usr"
  | "idn"
  | "ses"
  | "svc"
  | "inv"
  | "tok"
  | "con"
  | "chg"
  | "dec"
  | "int"
  | "qtn"
  | "snp"
  | "sql"
  | "chk"
  | "par"
  | "prc"
  | "smp";

/** A new id, sortable by time: prefix, 10 characters of time, 16 random ones (80 bits). */
export function newId(prefix: IdPrefix, now: number = Date.now()): string {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  const random = Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32]).join("");
  return `${prefix}_${time}${random}`;
}
