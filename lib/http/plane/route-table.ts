import { LarderError } from "@/lib/kernel/errors";
import type { PlaneRoute } from "./route";

/** A route with the values of its path's names, or the methods that the path takes instead. */
export type Routed = { route: PlaneRoute; path: Record<string, string> } | { allowed: readonly string[] };

type Pattern = { route: PlaneRoute; pattern: RegExp; names: string[] };

const NO_VALUES = {};

/** Finds the route of a request. */
export class RouteTable {
  private readonly fixed = new Map<string, PlaneRoute>();
  private readonly patterns: Pattern[] = [];

  constructor(private readonly routes: readonly PlaneRoute[]) {
    for (const route of routes) {
      const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
      if (names.length === 0) this.fixed.set(`${route.method} ${route.path}`, route);
      else this.patterns.push({ route, names, pattern: patternOf(route.path) });
    }
  }

  /** Throws `invalid_parameter` for a path that is not URL-encoded. */
  find(method: string, path: string): Routed {
    const fixed = this.fixed.get(`${method} ${path}`);
    if (fixed) return { route: fixed, path: NO_VALUES };
    for (const { route, pattern, names } of this.patterns) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match)
        return { route, path: Object.fromEntries(names.map((name, at) => [name, segmentValue(match[at + 1] ?? "")])) };
    }
    const allowed = this.routes.filter((route) => patternOf(route.path).test(path)).map((route) => route.method);
    return { allowed: [...new Set(allowed)].sort() };
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
}

/** A segment with a literal | is an entity id of URL-encoded parts: it stays as it is, so that a part may hold a | itself. */
function segmentValue(segment: string): string {
  if (segment.includes("|")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new LarderError("invalid_parameter", "The path is not URL-encoded UTF-8", [], { cause: error });
  }
}
