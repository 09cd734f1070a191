import { ROLE_WORDS } from "@/components/ui/role-words";
import type { LinkInfo } from "@/lib/access/schema";

export type LinkWords = { title: string; lead: string; submit: string; gone: string };

/** What a page for a link says; `info` is null until the link has been read. */
export function linkWords(kind: LinkInfo["kind"], info: LinkInfo | null): LinkWords {
  if (kind === "setup")
    return {
      title: "Set up Larder",
      lead: "Make the first account. It is an admin of everything here and can invite the others.",
      submit: "Create the account",
      gone: "The first account exists already, or the server has printed a newer link since. Its terminal has the link that works.",
    };
  if (kind === "reset")
    return {
      title: "Choose a new password",
      lead: info?.email
        ? `For ${info.email}. Everybody signed in with the old one is signed out.`
        : "Everybody signed in with the old one is signed out.",
      submit: "Set the password",
      gone: "It was used, or its time is over. An admin can make a new one.",
    };
  const project = info?.project ? info.project.title || info.project.name : "the project";
  return {
    title: info ? `Join ${project}${info.role ? ` as ${info.role}` : ""}` : "Join a project",
    lead: info?.role ? `Whoever is ${info.role} ${ROLE_WORDS[info.role]}.` : "",
    submit: info?.signedInAs ? `Join ${project}` : "Create the account and join",
    gone: "It was used, taken back, or its time is over. Ask whoever invited you for a new one.",
  };
}
