"use server";

import { UpdateProject } from "@/lib/access/schema";
import { updateProject } from "@/lib/access/update-project";
import { action } from "@/lib/http/action";

/** Changes what the project is called and how its change requests are decided. */
export const changeProject = action(UpdateProject, updateProject);
