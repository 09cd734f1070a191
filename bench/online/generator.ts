/** A closed loop over raw sockets, in a process of its own: `bodies` in turn, each connection sends its next request when the answer is whole. */
import { connect } from "node:net";

export type Job = {
  port: number;
  path: string;
  headers: Record<string, string>;
  bodies: string[];
  concurrency: number;
  seconds: number;
};
/** Times in milliseconds, by their share. */
export type Load = {
  requestsPerSecond: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
  requests: number;
  failed: number;
  bytes: number;
};

function requestsOf({ path, port, headers, bodies }: Job): Buffer[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\n` +
        `${lines.join("")}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
}

/** Runs a job in this process. */
export async function generate(job: Job): Promise<Load> {
  const requests = requestsOf(job);
  const times: number[] = [];
  let failed = 0;
  let bytes = 0;
  let turn = 0;
  const until = performance.now() + job.seconds * 1000;
  const began = performance.now();
  await Promise.all(
    Array.from(
      { length: job.concurrency },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect({ port: job.port, host: "127.0.0.1", noDelay: true });
          let sentAt = 0;
          let missing = -1;
          let head: Buffer = Buffer.alloc(0);
          const next = (): void => {
            if (performance.now() >= until) {
              socket.destroy();
              resolve();
              return;
            }
            sentAt = performance.now();
            missing = -1;
            head = Buffer.alloc(0);
            socket.write(requests[turn++ % requests.length] as Buffer);
          };
          socket.on("connect", next);
          socket.on("error", reject);
          socket.on("data", (chunk) => {
            bytes += chunk.length;
            if (missing < 0) {
              head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
              const end = head.indexOf("\r\n\r\n");
              if (end < 0) return;
              const text = head.toString("latin1", 0, end);
              if (!text.startsWith("HTTP/1.1 200")) failed += 1;
              missing = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0) - (head.length - end - 4);
            } else missing -= chunk.length;
            if (missing > 0) return;
            times.push(performance.now() - sentAt);
            next();
          });
        }),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return {
    requestsPerSecond: times.length / seconds,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: times.at(-1) ?? Number.NaN,
    requests: times.length,
    failed,
    bytes: Math.round(bytes / Math.max(1, times.length)),
  };
}

process.on("message", (job: Job) => {
  generate(job).then(
    (load) => process.send?.({ load }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
