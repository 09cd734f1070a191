"use server";

import { createServiceAccount } from "@/lib/access/create-service-account";
import { createToken } from "@/lib/access/create-token";
import { inviteMember } from "@/lib/access/invite-member";
import { removeMember } from "@/lib/access/remove-member";
import { revokeInvitation } from "@/lib/access/revoke-invitation";
import {
  ById,
  CreateServiceAccount,
  CreateToken,
  Invite,
  RemoveMember,
  UpdateMember,
  UpdateServiceAccount,
} from "@/lib/access/schema";
import { updateMember } from "@/lib/access/update-member";
import { updateServiceAccount } from "@/lib/access/update-service-account";
import { action } from "@/lib/http/action";

/** Changes what a member may do. */
export const changeMember = action(UpdateMember, updateMember);
/** Takes somebody out of the project. */
export const takeOut = action(RemoveMember, removeMember);
/** Makes a link that lets one person in. */
export const invite = action(Invite, inviteMember);
/** Makes an invitation's link worthless. */
export const takeBack = action(ById, revokeInvitation);
/** Makes an account for a program. */
export const addServiceAccount = action(CreateServiceAccount, createServiceAccount);
/** Changes what a service account may do, or whether it may anything. */
export const changeServiceAccount = action(UpdateServiceAccount, updateServiceAccount);
/** Makes a token for a service account. */
export const addToken = action(CreateToken, createToken);
