import { z } from "zod";
import { getStats } from "@/lib/jobs/get-stats";
import { Stats } from "@/lib/jobs/schema";
import { getLineage } from "@/lib/lineage/get-lineage";
import { GetLineage, Lineage } from "@/lib/lineage/schema";
import { getRevision } from "@/lib/registry/get-revision";
import { ProjectRevision } from "@/lib/registry/schema";
import { route } from "../route";

/** The project as a whole: its graph and its figures. */
export const projectRoutes = [
  route({
    method: "get",
    path: "/lineage",
    summary: "What is made of what",
    tags: ["Lineage"],
    input: GetLineage,
    output: Lineage,
    run: getLineage,
    problems: ["not_found"],
  }),
  route({
    method: "get",
    path: "/project/revision",
    summary: "A number that grows with every change of the project; to ask often whether to read anew",
    tags: ["Server"],
    input: z.object({}),
    output: ProjectRevision,
    run: (ctx) => getRevision(ctx),
  }),
  route({
    method: "get",
    path: "/stats",
    summary: "Counts, storage, runs, and serving figures",
    tags: ["Server"],
    input: z.object({}),
    output: Stats,
    run: getStats,
  }),
];
