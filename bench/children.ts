import { readdirSync, readFileSync } from "node:fs";

/** What the descendants of this process have used so far: CPU seconds, and the sum of their peak resident sizes. */
export function usedByChildren(pid = process.pid): { cpuSeconds: number; peakBytes: number } {
  const sum = { cpuSeconds: 0, peakBytes: 0 };
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const child of children) {
      const status = readFileSync(`/proc/${child}/status`, "utf8");
      // After the name in parentheses: utime and stime, in hundredths of a second.
      const times = readFileSync(`/proc/${child}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      const below = usedByChildren(Number(child));
      sum.peakBytes += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 + below.peakBytes;
      sum.cpuSeconds += (Number(times[11]) + Number(times[12])) / 100 + below.cpuSeconds;
    }
  }
  return sum;
}
