"use server";

import { createToken } from "@/lib/access/create-token";
import { revokeToken } from "@/lib/access/revoke-token";
import { rotateToken } from "@/lib/access/rotate-token";
import { ById, CreateToken, RotateToken } from "@/lib/access/schema";
import { action } from "@/lib/http/action";

/** Makes a token of one's own. */
export const addToken = action(CreateToken, createToken);
/** Gives a token a new secret; the old one works a little longer. */
export const replaceToken = action(RotateToken, rotateToken);
/** Ends a token at once. */
export const endToken = action(ById, revokeToken);
