import { pageOf } from "@/lib/kernel/page";
import { getConsumer } from "@/lib/registry/get-consumer";
import { listConsumers } from "@/lib/registry/list-consumers";
import { ByName, ConsumerSummary, ListObjects } from "@/lib/registry/schema";
import { route } from "../route";

const shared = { method: "get", tags: ["Consumers"] } as const;

/** Models, services and dashboards that read features. */
export const consumerRoutes = [
  route({
    ...shared,
    path: "/consumers",
    summary: "List consumers",
    input: ListObjects,
    output: pageOf(ConsumerSummary),
    run: listConsumers,
  }),
  route({
    ...shared,
    path: "/consumers/{name}",
    summary: "One consumer",
    input: ByName.pick({ name: true }),
    output: ConsumerSummary,
    run: getConsumer,
    problems: ["consumer_not_found"],
  }),
];
