import type { Metadata } from "next";
import { possibleMoves } from "@/app/(govern)/change-requests/moves";
import { RequestChange } from "@/app/(govern)/change-requests/request-change";
import { orNotFound } from "@/app/or-not-found";
import { GroupWizard } from "@/components/registry/group-wizard";
import { WizardDone } from "@/components/registry/wizard-done";
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

/** Register a feature group, guided; afterwards what comes next for it. */
export default async function NewFeatureGroupPage({ searchParams }: Props): Promise<React.ReactElement> {
  const { source = null, created } = singleParams(await searchParams);
  return newPage("feature_group", ABOUT, async (ctx) => {
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
    return (
      <GroupWizard
        project={ctx.project.name}
        relations={relations}
        entities={entities}
        taken={relations.map((relation) => relation.name)}
        source={relations.some((relation) => relation.name === source) ? source : null}
        actions={{ ...ACTIONS, apply }}
      />
    );
  });
}
