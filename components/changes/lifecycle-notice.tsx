import Link from "next/link";
import type { CSSProperties } from "react";
import type { Deprecation } from "@/lib/registry/change-schema";
import { featureHref } from "../catalog/links";
import { formatDay } from "../ui/instants";
import classes from "./changes.module.css";

/** Tells on top of a page that a feature is on its way out or gone, why, until when, and what to use instead. */
export function LifecycleNotice({
  status,
  deprecation,
}: {
  status: string;
  deprecation: Deprecation | null;
}): React.ReactElement | null {
  if (status !== "DEPRECATED" && status !== "RETIRED") return null;
  const retired = status === "RETIRED";
  const tone = { "--tone": retired ? "var(--larder-idle)" : "var(--larder-warn)" } as CSSProperties;
  return (
    <div className={classes.notice} style={tone} role="note" aria-label={retired ? "Retired" : "Deprecated"}>
      <p className={classes.noticeTitle}>
        {retired
          ? "Retired: it is no longer served, and no training set can be built from it."
          : `Deprecated: it is still served, with a warning${deprecation ? `, until ${formatDay(deprecation.retireOn)}` : ""}.`}
      </p>
      {deprecation && <p>{deprecation.note}</p>}
      {deprecation?.replacement && (
        <p>
          Use{" "}
          <Link href={featureHref(deprecation.replacement)} className="mono">
            {deprecation.replacement}
          </Link>{" "}
          instead.
        </p>
      )}
    </div>
  );
}
