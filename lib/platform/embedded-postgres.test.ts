import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { serialize } from "pg-protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, openDb } from "./db";
import { type EmbeddedPostgres, openEmbeddedPostgres } from "./embedded-postgres";

let folder: string;
let postgres: EmbeddedPostgres;
let clients: Client[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-embedded-"));
  postgres = await start();
  clients = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const client = new Client({ connectionString: postgres.connectionString });
      await client.connect();
      return client;
    }),
  );
  await clients[0]!.query("CREATE TABLE counter (id int PRIMARY KEY, value int); INSERT INTO counter VALUES (1, 0)");
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await postgres.close();
  await rm(folder, { recursive: true });
});

function start(): Promise<EmbeddedPostgres> {
  return openEmbeddedPostgres({
    folder: join(folder, "postgres"),
    socketDir: folder,
    onFatal: (error) => {
      throw error;
    },
  });
}

async function value(): Promise<number> {
  return (await clients[5]!.query("SELECT value FROM counter WHERE id = 1")).rows[0].value;
}

it("never answers one client with the rows of another, whatever arrives in pieces or fails", async () => {
  const answers = clients.map(async (client, i) => {
    for (let k = 0; k < 40; k++) {
      const text = `${i}-${k}`.padEnd(k % 5 === 0 ? 300_000 : 5, "x");
      if (k % 7 === 0) await expect(client.query("SELECT $1::int / 0", [k])).rejects.toThrow(/division by zero/);
      const { rows } = await client.query(`SELECT $1::text AS text, ${i} AS client`, [text]);
      expect(rows).toEqual([{ text, client: i }]);
    }
  });
  await Promise.all(answers);
});

it("a statement prepared half-way by one connection is not run by another", async () => {
  const socket = await raw();
  socket.write(Buffer.concat([serialize.parse({ text: "SELECT 'mine'" }), serialize.flush()]));
  await once(socket, "data");
  const other = clients[0]!.query("SELECT $1::text AS text", ["other"]);
  socket.write(Buffer.concat([serialize.bind({}), serialize.execute({}), serialize.sync()]));
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString("latin1")).toContain("mine");
  expect((await other).rows).toEqual([{ text: "other" }]);
  socket.destroy();
});

it("interleaved interactive Prisma transactions are isolated, as if one ran after the other", async () => {
  const dbs: Db[] = [openDb(postgres.connectionString), openDb(postgres.connectionString)];
  const increments = Array.from({ length: 12 }, (_, i) =>
    dbs[i % 2]!.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ value: number }[]>`SELECT value FROM counter WHERE id = 1`;
      await new Promise((resolve) => setTimeout(resolve, 5));
      await tx.$executeRaw`UPDATE counter SET value = ${row!.value + 1} WHERE id = 1`;
      if (i % 4 === 3) throw new Error("rolled back");
    }).catch((error: unknown) => expect(String(error)).toContain("rolled back")),
  );
  await Promise.all(increments);
  expect(await value()).toBe(9);
  await Promise.all(dbs.map((db) => db.$disconnect()));
});

it("rolls back what a client that vanished had begun, and lets the others go on", async () => {
  const before = await value();
  const socket = await raw();
  socket.write(serialize.query("BEGIN; UPDATE counter SET value = -1"));
  await once(socket, "data");
  const waiting = value();
  socket.destroy();
  expect(await waiting).toBe(before);
});

it("keeps what was committed when it is closed and opened again", async () => {
  await clients[0]!.query("UPDATE counter SET value = 42");
  await Promise.all(clients.map((client) => client.end()));
  await postgres.close();
  postgres = await start();
  clients = [new Client({ connectionString: postgres.connectionString })];
  await clients[0]!.connect();
  expect((await clients[0]!.query("SELECT value FROM counter")).rows).toEqual([{ value: 42 }]);
});

async function raw(): Promise<Socket> {
  const socket = connect(join(folder, ".s.PGSQL.5432"));
  socket.write(serialize.startup({ user: "postgres", database: "postgres" }));
  await once(socket, "data");
  return socket;
}
