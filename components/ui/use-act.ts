"use client";

import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useTransition } from "react";

export type AnswerError = { code: string; detail: string; issues: { detail: string; pointer?: string }[] };

/** What server actions answer. */
export type Answer<T> = { ok: true; data: T } | { ok: false; error: AnswerError };

type Then<T> = {
  /** Said when it worked. */
  done?: string;
  onDone?: (data: T) => void;
  /** Where the error belongs; without it, it is said as a message. */
  onError?: (error: AnswerError) => void;
};

/** Runs a server action, then reads the page anew; what went wrong is said in the server's own words. */
export function useAct(): { pending: boolean; act: <T>(call: () => Promise<Answer<T>>, then?: Then<T>) => void } {
  const router = useRouter();
  const [pending, start] = useTransition();
  const act = <T>(call: () => Promise<Answer<T>>, then: Then<T> = {}): void =>
    start(async () => {
      const answer = await call().catch((): Answer<T> => ({ ok: false, error: UNREACHABLE }));
      if (answer.ok) {
        then.onDone?.(answer.data);
        if (then.done) notifications.show({ message: then.done });
        router.refresh();
        return;
      }
      if (then.onError) then.onError(answer.error);
      else notifications.show({ title: "That was not possible", message: answer.error.detail, color: "red" });
    });
  return { pending, act };
}

const UNREACHABLE: AnswerError = { code: "unreachable", detail: "The server does not answer. Try again.", issues: [] };

/** What is wrong with one field of a form, or undefined. */
export function issueAt(error: AnswerError | null, field: string): string | undefined {
  const issue = error?.issues.find(({ pointer }) => pointer === `/${field}`);
  return issue ? capitalize(issue.detail) : undefined;
}

/** What is wrong with a form but belongs to none of its fields, or null. */
export function issueElsewhere(error: AnswerError | null, fields: readonly string[]): string | null {
  if (!error) return null;
  return fields.some((field) => issueAt(error, field)) ? null : error.detail;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
