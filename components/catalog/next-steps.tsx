import Link from "next/link";
import { CodeBlock } from "../ui/code-block";
import classes from "./home.module.css";
import { featureHref } from "./links";
import { featureUrl } from "./snippets";

export type NextStepsProps = {
  origin: string;
  /** A feature, its entity, and a key of it that exists. */
  example: { reference: string; name: string; entity: string; key: string | null } | null;
  view: string | null;
  trainingSet: string | null;
};

/** What a newcomer does first, in order, with things that exist in this project. */
export function NextSteps({ origin, example, view, trainingSet }: NextStepsProps): React.ReactElement {
  const keyText = example?.key ? decodeURIComponent(example.key).replaceAll("|", " → ") : null;
  return (
    <ol className={classes.steps}>
      <li className={classes.step}>
        <span className={classes.stepTitle}>
          <Link href="/features">Find a feature</Link>
        </span>
        <p className={classes.stepBody}>
          Every row shows the distribution, nulls and freshness, so most can be judged from the list.
          {example && (
            <>
              {" "}
              Open{" "}
              <Link href={featureHref(example.reference)} className="mono">
                {example.name}
              </Link>{" "}
              for its statistics, trend and lineage.
            </>
          )}
        </p>
      </li>
      {example?.key && (
        <li className={classes.step}>
          <span className={classes.stepTitle}>
            <Link href={`/entities/${example.entity}?key=${encodeURIComponent(example.key)}`}>
              Look up the {example.entity} {keyText}
            </Link>
          </span>
          <p className={classes.stepBody}>
            Everything the online store knows of one key now, each value with its status and age.
          </p>
        </li>
      )}
      {(view || trainingSet) && (
        <li className={classes.step}>
          <span className={classes.stepTitle}>
            {trainingSet ? (
              <Link href={`/training-sets/${trainingSet}`}>
                Look at the training set <code>{trainingSet}</code>
              </Link>
            ) : (
              <Link href={`/training-sets/new?view=${view}`}>Build the training set</Link>
            )}
          </span>
          <p className={classes.stepBody}>
            Labelled rows, each joined with the values as they were known at its own instant; Parquet to download.
            {trainingSet && view && (
              <>
                {" "}
                Or <Link href={`/training-sets/new?view=${view}`}>build another one</Link>.
              </>
            )}
          </p>
        </li>
      )}
      <li className={classes.step}>
        <span className={classes.stepTitle}>Call the API</span>
        <p className={classes.stepBody}>
          What a model service does. All endpoints are in the <a href="/api/v1/docs">API docs</a>.
        </p>
        {example?.key && (
          <div className={classes.stepCode}>
            <CodeBlock
              language="bash"
              title="curl"
              code={`curl '${featureUrl(origin, example.reference, example.key).replaceAll("'", "'\\''")}'`}
            />
          </div>
        )}
      </li>
    </ol>
  );
}
