import { createProject } from "@/lib/access/create-project";
import { getProject } from "@/lib/access/get-project";
import { listProjects } from "@/lib/access/list-projects";
import { CreateProject, Nothing, ProjectSummary, UpdateProject } from "@/lib/access/schema";
import { updateProject } from "@/lib/access/update-project";
import { PageQuery, pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const tags = ["Projects"];

/** Projects, and the settings of the present one. */
export const settingRoutes = [
  route({
    method: "get",
    path: "/projects",
    summary: "The projects one belongs to",
    tags,
    access: "account",
    input: PageQuery,
    output: pageOf(ProjectSummary),
    run: listProjects,
    problems: ["unauthenticated"],
  }),
  route({
    method: "post",
    path: "/projects",
    summary: "Make a project",
    tags,
    description: "For admins of the instance; whoever makes it is its first admin.",
    access: "account",
    input: CreateProject,
    output: ProjectSummary,
    run: createProject,
    status: 201,
    location: ({ name }: ProjectSummary) => `/project?project=${name}`,
    problems: ["unauthenticated", "insufficient_scope", "already_exists"],
  }),
  route({
    method: "get",
    path: "/project",
    summary: "The present project with its settings",
    tags,
    input: Nothing,
    output: ProjectSummary,
    run: getProject,
  }),
  route({
    method: "patch",
    path: "/project",
    summary: "Change its settings",
    tags,
    input: UpdateProject,
    output: ProjectSummary,
    run: updateProject,
  }),
];
