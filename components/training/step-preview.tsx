"use client";

import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import form from "../registry/form.module.css";
import { DataTable } from "../ui/data-table";
import { formatCount } from "../ui/numbers";
import { ValueTable } from "../ui/value-table";
import { NullShare } from "./null-share";
import { prepareNulls } from "./prepare-nulls";
import { contentKey, requestOf } from "./set-draft";
import { isFeatureColumn, withoutColumn } from "./set-joins";
import { SplitCounts } from "./split-counts";
import { inOrder } from "./split-draft";
import type { StepProps } from "./step-spine";
import classes from "./training.module.css";
import { useRetrieval } from "./use-retrieval";
import { WarningList } from "./warning-list";

/** After which one may go on without having seen anything: the preview is limited in time, building is not. */
const TOO_MUCH = new Set(["timeout", "resource_exhausted", "temp_space_exhausted"]);

/** The third step: what would come out, how much of it is null, and what looks wrong about it. */
export function StepPreview({ draft, errors, choices, edit }: StepProps): React.ReactElement {
  const { views } = choices;
  const { preview, fresh, pending, problem, retry } = useRetrieval(requestOf(draft, views));
  const of = contentKey(draft, views);
  const keep = useRef(edit);
  keep.current = edit;
  useEffect(() => {
    if (!fresh || !preview) return;
    const { columns, nullCounts, rowCount, filteredCount, warnings } = preview;
    const looked = { of, columns, nullCounts, rowCount: rowCount - filteredCount, warnings, unseen: false };
    keep.current((now) => ({ ...now, looked }));
  }, [of, fresh, preview]);
  const goOn = (): void => {
    const nothing = { columns: [], nullCounts: {}, rowCount: 0, warnings: [], unseen: true };
    edit((now) => ({ ...now, looked: { of, ...nothing } }));
  };
  const rows = preview ? preview.rowCount - preview.filteredCount : 0;
  return (
    <>
      {pending && (
        <p className={form.quiet} role="status">
          Joining the features to at most 10,000 of your rows…
        </p>
      )}
      {problem && (
        <div className={form.error} role="alert">
          <p>
            <strong>There is no preview.</strong> {problem.detail}
          </p>
          <p className={form.actions}>
            <Button size="compact-xs" variant="default" onClick={retry}>
              Try again
            </Button>
            {TOO_MUCH.has(problem.code) && !draft.looked?.unseen && (
              <Button size="compact-xs" variant="default" onClick={goOn}>
                Go on without a preview
              </Button>
            )}
          </p>
        </div>
      )}
      {preview && !problem && (
        <div className={fresh ? classes.section : `${classes.section} ${classes.stale}`} style={{ gap: 24 }}>
          {preview.warnings.length > 0 && (
            <section className={classes.section} aria-labelledby="preview-warnings">
              <h3 id="preview-warnings">
                {preview.warnings.length === 1 ? "One thing" : `${formatCount(preview.warnings.length)} things`} to look
                at
              </h3>
              <WarningList
                warnings={preview.warnings}
                decide={{
                  kept: draft.kept,
                  removable: (column) => isFeatureColumn(draft, column, views),
                  remove: (column) => edit((now) => withoutColumn(now, column, views)),
                  keep: (id, kept) =>
                    edit((now) => ({ ...now, kept: kept ? [...now.kept, id] : now.kept.filter((one) => one !== id) })),
                }}
              />
            </section>
          )}
          {errors.warnings && (
            <p className={form.error} role="alert">
              {errors.warnings}
            </p>
          )}
          {preview.filteredCount > 0 && (
            <p className={form.quiet}>
              The filters of the view leave out {formatCount(preview.filteredCount)} of {formatCount(preview.rowCount)}{" "}
              rows; the set will not hold them.
            </p>
          )}
          <section className={classes.section} aria-labelledby="preview-nulls">
            <h3 id="preview-nulls">Null, of {formatCount(rows)} rows</h3>
            <p className={form.quiet}>
              {preview.sampled
                ? `${formatCount(preview.rowCount)} rows were looked at, evenly spread over all of them.`
                : "All rows were looked at."}
            </p>
            <div className={classes.table}>
              <DataTable
                caption="Null shares by column"
                rows={prepareNulls({ ...preview, timestampColumn: draft.timestampColumn, label: draft.label })}
                rowKey={(row) => row.name}
                empty={null}
                columns={[
                  { key: "name", header: "Column", render: (row) => <span className="mono">{row.name}</span> },
                  { key: "type", header: "Type", render: (row) => <span className="mono">{row.type}</span> },
                  { key: "role", header: "From", wide: true, render: (row) => row.role },
                  {
                    key: "nulls",
                    header: "Null",
                    align: "right",
                    render: (row) => <NullShare count={row.nulls} of={rows} />,
                  },
                ]}
              />
            </div>
          </section>
          {preview.splitCounts && (
            <section className={classes.section} aria-labelledby="preview-split">
              <h3 id="preview-split">Split of the rows looked at</h3>
              <SplitCounts parts={inOrder(preview.splitCounts, draft.split.parts)} />
            </section>
          )}
          <section className={classes.section} aria-labelledby="preview-rows">
            <h3 id="preview-rows">First rows</h3>
            <div className={classes.table}>
              <ValueTable caption="Rows of the preview" columns={preview.columns} rows={preview.rows} />
            </div>
          </section>
        </div>
      )}
      {errors.preview && (
        <p className={form.error} role="alert">
          {errors.preview}
        </p>
      )}
    </>
  );
}
