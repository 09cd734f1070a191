import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { SourceDefinition } from "./definition-schema";
import type { LastRead } from "./summarize-sources";

/** The copy of a foreign table: its columns as registered, and the file that the last read made; null: not read as it is. */
export type Copy = { columns: Column[]; path: string | null; fingerprint: string | null };

/** What a foreign table is called in `LastRead`: a copy of another one is no copy of this. */
export function tableOf({ connection, table }: NonNullable<SourceDefinition["postgres"]>): string {
  return `${connection}/${table}`;
}

/** The copies of all foreign tables of the project, by source. */
export async function loadCopies(ctx: Context): Promise<Map<string, Copy>> {
  const rows = await ctx.db.source.findMany({ where: { projectId: ctx.project.id, kind: "postgres" } });
  return new Map(
    rows.map((row) => {
      const columns = row.columns as Column[];
      const read = row.lastRead as LastRead | null;
      const table = tableOf(row.config as NonNullable<SourceDefinition["postgres"]>);
      const fits = read?.copy?.table === table && JSON.stringify(read.copy.columns) === JSON.stringify(columns);
      const path = fits ? (read?.copy?.path ?? null) : null;
      return [row.name, { columns, path, fingerprint: path ? (read?.fingerprint ?? null) : null }];
    }),
  );
}
