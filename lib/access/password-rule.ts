import { LarderError } from "@/lib/kernel/errors";
import { COMMON_PASSWORDS } from "./common-passwords";

const MIN_CHARACTERS = 10;
const MAX_CHARACTERS = 256;
/** A shorter name is found in too many good passwords. */
const MIN_NAME_CHARACTERS = 4;
/** What people put around a word to make it look like more: `!Summer2024`. */
const DECORATION = /^[^\p{L}]{0,6}|[^\p{L}]{0,6}$/gu;

/**
 * Why a new password is too easy to guess, or null. Length and what attackers try first count, not its kinds of characters.
 * `email` is the account's.
 */
export function passwordProblem(password: string, email: string | null): string | null {
  const { length } = [...password];
  if (length < MIN_CHARACTERS || length > MAX_CHARACTERS)
    return `A password has ${MIN_CHARACTERS} to ${MAX_CHARACTERS} characters; this one has ${length}`;
  const lower = password.toLowerCase();
  if (lower.includes("larder")) return "The password must not contain the word larder";
  const name = email?.split("@")[0]?.toLowerCase() ?? "";
  if (name.length >= MIN_NAME_CHARACTERS && lower.includes(name))
    return "The password must not contain the name in your e-mail address";
  if (isRepetition(lower) || isSequence(lower))
    return "The password is one pattern repeated or counted; take several words";
  const core = lower.replaceAll(DECORATION, "");
  if (COMMON_PASSWORDS.has(lower) || COMMON_PASSWORDS.has(core) || COMMON_PASSWORDS.has(spell(core)))
    return "The password is among those that are tried first; take several words that do not belong together";
  return null;
}

/** Throws `weak_password` for what `passwordProblem` finds; `pointer` names the field. */
export function checkNewPassword(password: string, email: string | null, pointer: string): void {
  const detail = passwordProblem(password, email);
  if (detail) throw new LarderError("weak_password", detail, [{ code: "weak_password", pointer, detail }]);
}

/** `aaaaaaaaaa`, `abcabcabcabc`, `passwordpassword`. */
function isRepetition(text: string): boolean {
  return /^(.{1,8}?)\1+$/su.test(text) && new Set(text).size < MIN_CHARACTERS;
}

/** `0123456789`, `abcdefghij`, `9876543210`. */
function isSequence(text: string): boolean {
  const steps = new Set(
    Array.from(text)
      .slice(1)
      .map((character, at) => character.charCodeAt(0) - text.charCodeAt(at)),
  );
  const [step] = steps;
  return steps.size === 1 && step !== undefined && Math.abs(step) <= 1;
}

/** What p4$$w0rd stands for. */
function spell(text: string): string {
  const letters: Record<string, string> = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "@": "a",
    $: "s",
  };
  return text.replaceAll(/[0134578@$]/g, (sign) => letters[sign] ?? sign);
}
