import type { ChangeDiff } from "@/lib/registry/change-schema";
import { CodeBlock } from "../ui/code-block";
import { LineDiffView } from "../ui/line-diff-view";
import classes from "./changes.module.css";

/** How the definition differs from the one approved last; the whole of it when there was none. */
export function DefinitionDiff({
  definition,
  group,
}: {
  definition: ChangeDiff["definition"];
  group: string;
}): React.ReactElement {
  const { before, after } = definition;
  if (before === null)
    return (
      <>
        <p className={classes.remark}>Nothing of this group was approved before, so all of it is new.</p>
        <CodeBlock code={after} language="yaml" title={`${group}.yaml`} />
      </>
    );
  if (before === after)
    return (
      <>
        <p className={classes.remark}>The definition is the one that was approved last, letter for letter.</p>
        <details className={classes.remark}>
          <summary>Show it</summary>
          <CodeBlock code={after} language="yaml" title={`${group}.yaml`} />
        </details>
      </>
    );
  return <LineDiffView before={before} after={after} titles={{ before: "Before", after: "As requested" }} />;
}
