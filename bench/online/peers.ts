/**
 * What Larder is measured against, each a process of its own: `limit` answers with bytes that are there already; `bare`
 * is Node with LMDB and JSON.stringify: no names to resolve, no senders, no schemas, no metrics.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { open } from "lmdb";
import { EVENT_TIME, FEATURES, featureValue } from "./data";

export type ToPeer = { role: "limit"; bytes: string } | { role: "bare"; path: string; keys: number; groups: number };

type Handler = (body: string, response: ServerResponse) => void;

process.on("message", (message: ToPeer) => {
  const handler = message.role === "limit" ? limit(message.bytes) : bare(message);
  Promise.resolve(handler).then((answer) => {
    const server = createServer((request, response) => read(request, (body) => answer(body, response)));
    server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
  });
});

function read(request: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => then(Buffer.concat(chunks).toString()));
}

function limit(text: string): Handler {
  const bytes = text.length > 16_384 ? Buffer.from(text, "latin1") : text;
  return (_body, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": bytes.length });
    response.end(bytes, "latin1");
  };
}

type Asked = { entity_ids: number[]; features: string[] };

async function bare({ path, keys, groups }: Extract<ToPeer, { role: "bare" }>): Promise<Handler> {
  const db = open<string, string>({ path, noSubdir: false, encoding: "string" });
  for (let group = 0; group < groups; group++)
    await db.transaction(() => {
      for (let key = 0; key < keys; key++) {
        const values = Array.from({ length: FEATURES }, (_, i) => featureValue(group * FEATURES + i, key));
        db.put(`g${group}:${key}`, JSON.stringify({ eventTime: EVENT_TIME, values }));
      }
    });
  return (body, response) => {
    const { entity_ids, features } = JSON.parse(body) as Asked;
    const now = Date.now();
    const wanted = features.map((name) => {
      const number = Number(name.slice(name.lastIndexOf("_") + 1));
      return { name, group: Math.floor(number / FEATURES), at: number % FEATURES };
    });
    const used = [...new Set(wanted.map(({ group }) => group))];
    const results = entity_ids.map((id) => {
      const rows = new Map(
        used.map((group) => {
          const text = db.get(`g${group}:${id}`);
          return [group, text === undefined ? null : (JSON.parse(text) as { eventTime: string; values: number[] })];
        }),
      );
      const members: Record<string, unknown> = {};
      for (const { name, group, at } of wanted) {
        const row = rows.get(group);
        members[name] = row
          ? {
              value: row.values[at],
              status: "PRESENT",
              event_time: row.eventTime,
              age_seconds: (now - Date.parse(row.eventTime)) / 1000,
              feature_status: "ACTIVE",
            }
          : { value: null, status: "NOT_FOUND", event_time: null, age_seconds: null, feature_status: "ACTIVE" };
      }
      return { entity_id: id, features: members };
    });
    const text = JSON.stringify({ results, warnings: [] });
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
    response.end(text);
  };
}
