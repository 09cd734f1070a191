import type { Consumer } from "@/lib/platform/generated/prisma/client";
import type { ConsumerSummary } from "./schema";

/** A consumer as the catalog shows it. */
export function summarizeConsumer(consumer: Consumer): ConsumerSummary {
  const { name, description, owner, tags, url, views, features } = consumer;
  const type = consumer.type as ConsumerSummary["type"];
  return { name, type, description, owner, tags, url, views, features, updatedAt: consumer.updatedAt.toISOString() };
}
