import type { Metadata } from "next";
import Link from "next/link";
import { possibleMoves } from "@/app/(govern)/change-requests/moves";
import { RequestChange } from "@/app/(govern)/change-requests/request-change";
import { orNotFound } from "@/app/or-not-found";
import classes from "@/components/registry/form.module.css";
import { GroupWizard } from "@/components/registry/group-wizard";
import { WizardDone } from "@/components/registry/wizard-done";
import { WrittenGroupForm } from "@/components/registry/written-group-form";
import { singleParams } from "@/components/ui/search-params";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { apply, refresh } from "../../definition-actions";
import { ACTIONS, newPage } from "../../definition-page";
import { loadEntities, loadRelations } from "../../load-choices";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New feature group" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const ABOUT =
  "From rows to features in five steps. Nothing is registered before the last one but the sources you make.";

const ABOUT_WRITTEN =
  "A group without SQL: its rows are written through the API. You see what is registered before it is.";

/** Register a feature group, guided; afterwards what comes next for it. */
export default async function NewFeatureGroupPage({ searchParams }: Props): Promise<React.ReactElement> {
  const { source = null, created, rows } = singleParams(await searchParams);
  return newPage("feature_group", rows === "written" ? ABOUT_WRITTEN : ABOUT, async (ctx) => {
    if (created) {
      const group = await orNotFound(getFeatureGroup(ctx, { name: created }));
      return (
        <WizardDone group={group.name} computed={group.rowCount > 0} refresh={refresh}>
          <RequestChange
            group={group.name}
            version={group.version}
            subject={null}
            moves={possibleMoves(ctx, group.features)}
          />
        </WizardDone>
      );
    }
    const [relations, entities] = await Promise.all([loadRelations(ctx), loadEntities(ctx)]);
    if (rows === "written") return <WrittenGroupForm entities={entities} actions={ACTIONS} />;
    return (
      <>
        <p className={classes.quiet}>
          Do programs write the rows themselves?{" "}
          <Link href="/feature-groups/new?rows=written">Register a group without SQL</Link>
        </p>
        <GroupWizard
          project={ctx.project.name}
          relations={relations}
          entities={entities}
          taken={relations.map((relation) => relation.name)}
          source={relations.some((relation) => relation.name === source) ? source : null}
          actions={{ ...ACTIONS, apply }}
        />
      </>
    );
  });
}
