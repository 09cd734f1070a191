import { z } from "zod";
import { ROLES } from "@/lib/kernel/actor";
import { Name } from "@/lib/kernel/names";
import { PageQuery } from "@/lib/kernel/page";

export const Role = z.enum(ROLES);
const Id = z
  .string()
  .max(60)
  .regex(/^[\w-]+$/, "must be an id");
const At = z.string().describe("ISO instant");
const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, "must be an e-mail address");
/** Without what cannot be seen, or turns the text around it: names stand beside decisions. */
const PersonName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u, "must not contain control characters");
/** Only an upper limit here: what a new password needs is checked by one rule, password-rule.ts. */
const Password = z.string().max(256);

// Who is signed in

export const Me = z.object({
  user: z
    .object({
      id: z.string(),
      name: z.string(),
      email: z.string().nullable(),
      kind: z.enum(["user", "service", "system"]),
      instanceAdmin: z.boolean(),
      hasPassword: z.boolean(),
    })
    .describe("Who sends the request"),
  /** Null: they belong to none. */
  project: z
    .object({
      name: z.string(),
      title: z.string(),
      role: Role.nullable(),
      sensitive: z.boolean(),
      permissions: z.array(z.string()),
    })
    .nullable(),
  projects: z.array(z.object({ name: z.string(), title: z.string(), role: Role.nullable() })),
  /** The persona, in a demonstration without a session. */
  demo: z.enum(["admin", "steward", "engineer", "scientist", "viewer"]).nullable(),
});
export type Me = z.infer<typeof Me>;

export const SignIn = z.object({ email: z.string().max(254), password: Password });
export type SignIn = z.infer<typeof SignIn>;
export const Signed = z.object({ user: z.object({ id: z.string(), name: z.string() }) });
/** What the verbs answer; the door turns the token into the session's cookie. */
export type Signed = z.infer<typeof Signed> & { sessionToken: string | null };

export const SignInOptions = z.object({
  demo: z.boolean(),
  oidc: z.object({ name: z.string(), href: z.string() }).nullable(),
});
export type SignInOptions = z.infer<typeof SignInOptions>;

export const ChangePassword = z.object({ current: Password, next: Password });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const SessionSummary = z.object({
  id: z.string(),
  current: z.boolean(),
  ip: z.string().nullable(),
  agent: z.string().nullable(),
  createdAt: At,
  lastSeenAt: At,
  expiresAt: At,
});
export type SessionSummary = z.infer<typeof SessionSummary>;
export const ById = z.object({ id: Id });
export type ById = z.infer<typeof ById>;
export const Nothing = z.object({});
export type Nothing = z.infer<typeof Nothing>;
export const Done = z.object({ done: z.literal(true) });
export type Done = z.infer<typeof Done>;

// Links that work once

export const InvitationKind = z.enum(["setup", "join", "reset"]);
export const LinkSecret = z.object({ token: z.string().max(100).describe("What stands behind the # of the link") });
export type LinkSecret = z.infer<typeof LinkSecret>;
/** What a link is for, for whoever holds it. */
export const LinkInfo = z.object({
  kind: InvitationKind,
  project: z.object({ name: z.string(), title: z.string() }).nullable(),
  role: Role.nullable(),
  email: z.string().nullable(),
  /** A join by somebody who is signed in needs no new account. */
  signedInAs: z.string().nullable(),
});
export type LinkInfo = z.infer<typeof LinkInfo>;
export const AcceptLink = LinkSecret.extend({
  name: PersonName.optional().describe("Of a new account"),
  email: Email.optional().describe("Of a new account; fixed where the invitation names one"),
  password: Password.optional().describe("Of a new account, or the new password of a reset"),
});
export type AcceptLink = z.infer<typeof AcceptLink>;

export const Invite = z.object({
  role: Role,
  sensitive: z.boolean().default(false),
  email: Email.optional().describe("Only this address may accept; required for single sign-on"),
  days: z.number().int().min(1).max(30).default(7),
});
export type Invite = z.infer<typeof Invite>;
export const InvitationSummary = z.object({
  id: z.string(),
  email: z.string().nullable(),
  role: Role,
  sensitive: z.boolean(),
  createdBy: z.string(),
  createdAt: At,
  expiresAt: At,
});
export type InvitationSummary = z.infer<typeof InvitationSummary>;
/** `path`: /invitation#secret or /reset#secret, below the address of this server; shown this once. */
export const NewLink = z.object({ id: z.string(), path: z.string(), expiresAt: At });
export type NewLink = z.infer<typeof NewLink>;

// Members, users, service accounts

export const MemberSummary = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  kind: z.enum(["person", "demo"]),
  role: Role,
  sensitive: z.boolean(),
  disabled: z.boolean(),
  since: At,
  lastSignInAt: At.nullable(),
});
export type MemberSummary = z.infer<typeof MemberSummary>;
export const UpdateMember = z.object({ userId: Id, role: Role.optional(), sensitive: z.boolean().optional() });
export type UpdateMember = z.infer<typeof UpdateMember>;
export const RemoveMember = z.object({ userId: Id });
export type RemoveMember = z.infer<typeof RemoveMember>;

export const UserSummary = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  kind: z.enum(["person", "demo"]),
  instanceAdmin: z.boolean(),
  disabled: z.boolean(),
  projects: z.array(z.object({ name: z.string(), role: Role })),
  createdAt: At,
  lastSignInAt: At.nullable(),
});
export type UserSummary = z.infer<typeof UserSummary>;
export const UpdateUser = z.object({ id: Id, instanceAdmin: z.boolean().optional(), disabled: z.boolean().optional() });
export type UpdateUser = z.infer<typeof UpdateUser>;

export const ServiceAccountSummary = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  role: Role,
  sensitive: z.boolean(),
  disabled: z.boolean(),
  tokens: z.number().int(),
  createdAt: At,
});
export type ServiceAccountSummary = z.infer<typeof ServiceAccountSummary>;
export const CreateServiceAccount = z.object({
  name: Name,
  description: z.string().max(1000).default(""),
  role: Role,
  sensitive: z.boolean().default(false),
});
export type CreateServiceAccount = z.infer<typeof CreateServiceAccount>;
export const UpdateServiceAccount = z.object({
  id: Id,
  description: z.string().max(1000).optional(),
  role: Role.optional(),
  sensitive: z.boolean().optional(),
  disabled: z.boolean().optional(),
});
export type UpdateServiceAccount = z.infer<typeof UpdateServiceAccount>;

// Tokens

export const TokenSummary = z.object({
  id: z.string(),
  name: z.string(),
  hint: z.string(),
  scopes: z.array(z.string()),
  owner: z.object({ kind: z.enum(["user", "service"]), id: z.string(), name: z.string() }),
  createdAt: At,
  expiresAt: At.nullable(),
  lastUsedAt: At.nullable(),
  lastUsedIp: z.string().nullable(),
  state: z.enum(["active", "expired", "revoked"]),
});
export type TokenSummary = z.infer<typeof TokenSummary>;
export const ListTokens = PageQuery.extend({
  all: z.stringbool().default(false).describe("Everybody's of the project; takes service_account.manage"),
});
export type ListTokens = z.infer<typeof ListTokens>;
export const CreateToken = z.object({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.string().max(60)).min(1).max(50),
  days: z.number().int().min(1).max(365).default(90),
  serviceAccountId: Id.optional().describe("Whose token; none: one's own. Takes service_account.manage"),
});
export type CreateToken = z.infer<typeof CreateToken>;
export const RotateToken = z.object({
  id: Id,
  overlapHours: z.number().int().min(0).max(168).default(24).describe("How long the old one still works"),
});
export type RotateToken = z.infer<typeof RotateToken>;
/** `secret` is shown this once. */
export const NewToken = z.object({ token: TokenSummary, secret: z.string() });
export type NewToken = z.infer<typeof NewToken>;

export const PermissionRow = z.object({
  permission: z.string(),
  allows: z.string(),
  role: z.string().describe("The least role that has it; signed_in and instance_admin are no roles of a project"),
  scope: z.string().nullable().describe("What a token needs; null: no token may"),
});
export type PermissionRow = z.infer<typeof PermissionRow>;
export const PermissionTable = z.object({ items: z.array(PermissionRow), scopes: z.array(z.string()) });
export type PermissionTable = z.infer<typeof PermissionTable>;

// Audit

export const AuditEventSummary = z.object({
  sequence: z.string().describe("Decimal; the place in the chain"),
  at: At,
  project: z.string().nullable(),
  actor: z.object({ id: z.string(), kind: z.string(), name: z.string() }),
  tokenId: z.string().nullable(),
  ip: z.string().nullable(),
  agent: z.string().nullable(),
  requestId: z.string().nullable(),
  action: z.string(),
  resource: z.string(),
  outcome: z.enum(["allowed", "denied", "failed"]),
  before: z.unknown(),
  after: z.unknown(),
  hash: z.string(),
});
export type AuditEventSummary = z.infer<typeof AuditEventSummary>;
const AuditFilter = z.object({
  actor: z.string().max(100).optional().describe("Id, or part of the name"),
  action: z.string().max(100).optional().describe("Exact, or a prefix such as definition."),
  resource: z.string().max(200).optional().describe("Part of kind:name"),
  outcome: z.enum(["allowed", "denied", "failed"]).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  instance: z.stringbool().default(false).describe("Sign-ins and users of the whole instance too; for its admins"),
});
export const ListAuditEvents = PageQuery.extend(AuditFilter.shape);
export type ListAuditEvents = z.infer<typeof ListAuditEvents>;
export const ExportAuditEvents = AuditFilter;
export type ExportAuditEvents = z.infer<typeof ExportAuditEvents>;
/** `unchained`: rows from before there was a chain. `broken`: the first row that does not fit, and why. */
export const AuditVerification = z.object({
  intact: z.boolean(),
  checked: z.number().int(),
  unchained: z.number().int(),
  head: z.object({ sequence: z.string(), hash: z.string() }),
  broken: z.object({ sequence: z.string(), reason: z.string() }).nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;

// Projects

export const ProjectSummary = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  requiredApprovals: z.number().int(),
  role: Role.nullable(),
  members: z.number().int(),
  createdAt: At,
});
export type ProjectSummary = z.infer<typeof ProjectSummary>;
export const CreateProject = z.object({
  name: Name,
  title: z.string().trim().min(1).max(200),
  description: z.string().max(4000).default(""),
});
export type CreateProject = z.infer<typeof CreateProject>;
export const UpdateProject = z.object({
  title: z.string().trim().min(1).max(200).optional(),
  description: z.string().max(4000).optional(),
  requiredApprovals: z.number().int().min(1).max(10).optional(),
});
export type UpdateProject = z.infer<typeof UpdateProject>;
