import { requestOrigin } from "@/app/origin";
import { Section } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { pageContext } from "@/lib/http/page-context";
import { isLarderError } from "@/lib/kernel/errors";
import type { EntitySummary } from "@/lib/registry/schema";
import { listEntityExamples } from "@/lib/serving/list-entity-examples";
import { lookUpEntity } from "@/lib/serving/look-up-entity";
import type { EntityLookUp } from "@/lib/serving/schema";
import { KeyForm } from "./key-form";
import { readableKey } from "./key-text";
import { LookUpResult } from "./look-up-result";

async function ask(name: string, key: string): Promise<EntityLookUp | string> {
  try {
    return await lookUpEntity(await pageContext(), { name, key });
  } catch (error) {
    if (isLarderError(error) && (error.code === "invalid_key" || error.code === "key_type_mismatch"))
      return error.detail;
    throw error;
  }
}

/** The key look-up of an entity: the question, the answer for `asked`, and the same read from code. */
export async function LookUp({
  entity,
  asked,
}: {
  entity: EntitySummary;
  asked: string | null;
}): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const [examples, found, origin] = await Promise.all([
    listEntityExamples(ctx, { name: entity.name }),
    asked === null ? null : ask(entity.name, asked),
    requestOrigin(),
  ]);
  const readable = asked === null ? "" : readableKey(asked, entity.joinKeys.length);
  const first = asked ?? examples.keys[0];
  return (
    <>
      <KeyForm
        key={asked ?? ""}
        joinKeys={entity.joinKeys}
        current={asked}
        examples={examples.keys}
        problem={typeof found === "string" ? found : null}
      />
      {found === null && (
        <EmptyState title={`Which ${entity.name}?`}>
          <p>
            {examples.keys.length > 0
              ? "Type a key, or choose one that exists, to see every value that a service would be served right now."
              : `No data of ${entity.name} is stored yet, so there is no key to suggest. Values appear once its feature groups have run.`}
          </p>
        </EmptyState>
      )}
      {found !== null && typeof found !== "string" && <LookUpResult found={found} readable={readable} />}
      {first !== undefined && typeof found !== "string" && (
        <Section title="Read the same from code">
          <CodeBlock
            language="bash"
            title="curl"
            code={`curl -s '${origin}/api/v1/entities/${entity.name}/lookup?${new URLSearchParams({ key: first })}'`}
          />
        </Section>
      )}
    </>
  );
}
