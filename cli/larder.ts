import { parseArgs } from "node:util";
import { env } from "@/lib/platform/env";
import { createClient } from "./client";
import { apply } from "./commands/apply";
import { materialize } from "./commands/materialize";
import { refresh } from "./commands/refresh";
import { CliError } from "./error";

const HELP = `larder <command>

  apply <folder> [--dry-run]    bring the catalog to what the definition files in a folder say
  refresh [group ...]           recompute groups (all by default), with progress
  materialize [group ...]       bring groups online (all by default); --start and --end: rows of a range
                                again; --rebuild: into a new table

  --url <address>               where Larder runs (http://127.0.0.1:3000)
  --project <name>              another project than the default one

LARDER_TOKEN holds the API token to use; a demonstration on this machine needs none.
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: "string", default: "http://127.0.0.1:3000" },
      project: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      start: { type: "string" },
      end: { type: "string" },
      rebuild: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [command, ...rest] = positionals;
  const { token } = env();
  const client = createClient({
    url: values.url,
    ...(values.project ? { project: values.project } : {}),
    ...(token ? { token } : {}),
  });
  const print = (line: string): void => console.log(line);
  if (values.help || !command) print(HELP);
  else if (command === "apply") await apply({ folder: rest[0], dryRun: values["dry-run"] }, { client, print });
  else if (command === "refresh") await refresh({ groups: rest }, { client, print });
  else if (command === "materialize")
    await materialize(
      { groups: rest, start: values.start, end: values.end, rebuild: values.rebuild },
      { client, print },
    );
  else throw new CliError(`There is no command ${command}\n\n${HELP}`, 2);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CliError ? error.exitCode : 2;
}
