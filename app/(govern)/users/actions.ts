"use server";

import { createResetLink } from "@/lib/access/create-reset-link";
import { ById, UpdateUser } from "@/lib/access/schema";
import { updateUser } from "@/lib/access/update-user";
import { action } from "@/lib/http/action";

/** Changes whether somebody may sign in, and whether they look after the whole instance. */
export const changeUser = action(UpdateUser, updateUser, "account");
/** Makes a link that lets somebody choose a new password. */
export const makeResetLink = action(ById, createResetLink, "account");
