import type { Context } from "@/lib/platform/context";
import { attemptLimits } from "./attempt-limits";
import { authorize } from "./authorize";
import { findLink, signedInPerson } from "./link";
import type { LinkInfo, LinkSecret } from "./schema";

/** What a link is for, without using it up. Throws `link_not_valid`, always with the same words, and `rate_limited`. */
export async function readLink(ctx: Context, { token }: LinkSecret): Promise<LinkInfo> {
  authorize(ctx, "session.start", "link:unknown");
  const { from } = ctx.actor;
  await attemptLimits().link(from);
  const link = await findLink(ctx, token);
  await attemptLimits().forgiveLink(from);
  const person = await signedInPerson(ctx);
  const { kind, project, role } = link;
  return {
    kind,
    project: project ? { name: project.name, title: project.title } : null,
    role,
    email: link.user ? link.user.email : link.email,
    signedInAs: person ? (person.email ?? person.name) : null,
  };
}
