import { hasPermission } from "@/components/access/scopes";
import table from "@/components/ui/data-table.module.css";
import type { PermissionRow } from "@/lib/access/schema";
import { ROLES, type Role } from "@/lib/kernel/actor";
import classes from "./permission-matrix.module.css";

/** Who has a permission that belongs to no role. */
const BEYOND: Record<string, string> = {
  anybody: "anybody, signed in or not",
  sensitive_reader: "sensitive readers, whatever their role",
  signed_in: "anybody signed in",
  instance_admin: "admins of the whole instance",
};

function scopeOf({ scope }: PermissionRow): string {
  if (scope === null) return "no token may";
  return scope === "any" ? "any token may" : scope;
}

/** The permission table that every check goes by: what each role may do, and the scope a token needs for it. */
export function PermissionMatrix({ rows, role }: { rows: PermissionRow[]; role: Role | null }): React.ReactElement {
  const beyond = (row: PermissionRow): string | undefined => BEYOND[row.role];
  return (
    <>
      <p className={classes.lead}>
        A role has everything that those to its left have. This is the table that every check goes by, on pages and in
        the API alike. Being a <em>sensitive reader</em> comes on top of a role; for everybody else the values of
        features that are marked personal read as null.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={table.region} aria-label="Roles and permissions" tabIndex={0}>
        <table className={table.table}>
          <caption className="visually-hidden">What each role may do</caption>
          <thead>
            <tr>
              <th scope="col">May</th>
              {ROLES.map((name) => (
                <th key={name} scope="col" className={name === role ? `${classes.cell} ${classes.own}` : classes.cell}>
                  {name}
                  {name === role && <span className="visually-hidden"> (your role)</span>}
                </th>
              ))}
              <th scope="col">Scope of a token</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.permission} className={table.row}>
                <th scope="row" className={classes.allows}>
                  {row.allows}
                </th>
                {beyond(row) ? (
                  <td colSpan={ROLES.length} className={classes.beyond}>
                    {beyond(row)}
                  </td>
                ) : (
                  ROLES.map((name) => (
                    <td key={name} className={name === role ? `${classes.cell} ${classes.own}` : classes.cell}>
                      {hasPermission({ role: name, sensitive: false }, row) ? (
                        <span className={classes.yes}>
                          <span aria-hidden>●</span>
                          <span className="visually-hidden">yes</span>
                        </span>
                      ) : (
                        <span className="visually-hidden">no</span>
                      )}
                    </td>
                  ))
                )}
                <td className="mono">{scopeOf(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
