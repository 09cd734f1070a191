import { readdirSync, readFileSync } from "node:fs";

/** What the descendants of this process have used so far: CPU seconds, and the sum of their peak resident sizes. */
export function usedByChildren(pid = process.pid): { cpuSeconds: number; peakBytes: number } {
  const sum = { cpuSeconds: 0, peakBytes: 0 };
  for (const task of tasksOf(pid)) {
    const children = read(`/proc/${pid}/task/${task}/children`).trim().split(" ").filter(Boolean);
    for (const child of children) {
      const status = read(`/proc/${child}/status`);
      // After the name in parentheses: utime and stime, in hundredths of a second.
      const times = read(`/proc/${child}/stat`)
        .replace(/^.*\) /s, "")
        .split(" ");
      const below = usedByChildren(Number(child));
      sum.peakBytes += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 + below.peakBytes;
      sum.cpuSeconds += (Number(times[11] ?? 0) + Number(times[12] ?? 0)) / 100 + below.cpuSeconds;
    }
  }
  return sum;
}

/** Threads and processes end while they are looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
