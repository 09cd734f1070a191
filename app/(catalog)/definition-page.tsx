import type { ReactNode } from "react";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import { definitionHref, KIND_WORDS } from "@/components/registry/kind-words";
import type { DefinitionActions } from "@/components/registry/outcome";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { authorize } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import type { Context } from "@/lib/platform/context";
import type { DefinableKind, StoredDefinitionAnswer } from "@/lib/registry/definition-schema";
import { getDefinition } from "@/lib/registry/get-definition";
import { create, get, plan, update } from "./definition-actions";

/** What forms of definitions call. */
export const ACTIONS: DefinitionActions = { create, update, plan, get };

type Frame = { kind: DefinableKind; title: string; resource: string; crumbs: { label: string; href: string }[] };

async function framed(
  { kind, title, resource, crumbs }: Frame,
  description: string,
  content: (ctx: Context) => Promise<ReactNode>,
): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const allowed = await orForbidden(ctx, (async () => authorize(ctx, "definition.write", resource))());
  if (allowed instanceof Forbidden) return <NoPermission title={title} detail={allowed.detail} />;
  const { title: list, list: href } = KIND_WORDS[kind];
  return (
    <>
      <PageHeader title={title} breadcrumbs={[{ label: list, href }, ...crumbs]} description={description} />
      {await content(ctx)}
    </>
  );
}

/** A page that registers something new, for those who may. */
export function newPage(
  kind: DefinableKind,
  description: string,
  content: (ctx: Context) => Promise<ReactNode>,
): Promise<React.ReactElement> {
  const frame = { kind, title: `New ${KIND_WORDS[kind].word}`, resource: `${kind}:*`, crumbs: [] };
  return framed(frame, description, content);
}

/** A page that changes a definition, for those who may. */
export async function editPage(
  kind: DefinableKind,
  params: Promise<{ name: string }>,
  content: (ctx: Context, stored: StoredDefinitionAnswer) => Promise<ReactNode>,
): Promise<React.ReactElement> {
  const name = decodeSegment((await params).name);
  const stored = await orNotFound(getDefinition(await pageContext(), { kind, name }));
  const crumbs = [{ label: name, href: definitionHref(kind, name) }];
  const frame = { kind, title: `Edit ${name}`, resource: `${kind}:${name}`, crumbs };
  const description = `Before anything is saved, you see what it changes and what it reaches. Last changed by ${stored.updatedBy}, revision ${stored.revision}.`;
  return framed(frame, description, (ctx) => content(ctx, stored));
}
