"use server";

import { createProject } from "@/lib/access/create-project";
import { CreateProject } from "@/lib/access/schema";
import { action } from "@/lib/http/action";

/** Makes a project, whose admin one is. */
export const addProject = action(CreateProject, createProject, "account");
