import { createServiceAccount } from "@/lib/access/create-service-account";
import { listServiceAccounts } from "@/lib/access/list-service-accounts";
import { CreateServiceAccount, ServiceAccountSummary, UpdateServiceAccount } from "@/lib/access/schema";
import { updateServiceAccount } from "@/lib/access/update-service-account";
import { PageQuery, pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const path = "/service-accounts";
const tags = ["Service accounts"];

/** Service accounts: who programs are. */
export const serviceAccountRoutes = [
  route({
    method: "get",
    path,
    summary: "List by name",
    tags,
    input: PageQuery,
    output: pageOf(ServiceAccountSummary),
    run: listServiceAccounts,
  }),
  route({
    method: "post",
    path,
    summary: "Make one",
    tags,
    input: CreateServiceAccount,
    output: ServiceAccountSummary,
    run: createServiceAccount,
    status: 201,
    problems: ["already_exists"],
  }),
  route({
    method: "patch",
    path: `${path}/{id}`,
    summary: "Change what one may do",
    tags,
    description: "Disabled, its tokens are refused at the next request.",
    input: UpdateServiceAccount,
    output: ServiceAccountSummary,
    run: updateServiceAccount,
    problems: ["service_account_not_found"],
  }),
];
