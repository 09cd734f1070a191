"use client";

import person from "@/components/access/person.module.css";
import { DataTable } from "@/components/ui/data-table";
import { RelativeTime } from "@/components/ui/relative-time";
import type { UserSummary } from "@/lib/access/schema";
import { UserActions } from "./user-actions";
import classes from "./users.module.css";

/** Accounts, with what an admin of the instance can do about each. */
export function UsersTable({ users, self }: { users: UserSummary[]; self: string }): React.ReactElement {
  return (
    <DataTable
      caption="Users"
      rows={users}
      rowKey={(user) => user.id}
      empty={<p>This page of the list is empty.</p>}
      columns={[
        {
          key: "name",
          header: "Name",
          render: (user) => (
            <>
              <span className={person.name}>
                {user.name}
                {user.id === self && <span className={person.mark}>you</span>}
                {user.kind === "demo" && <span className={person.mark}>demonstration</span>}
                {user.instanceAdmin && <span className={person.mark}>instance admin</span>}
                {user.disabled && <span className={person.mark}>disabled</span>}
              </span>
              <span className={person.email}>{user.email ?? ""}</span>
            </>
          ),
        },
        {
          key: "projects",
          header: "Projects",
          render: (user) =>
            user.projects.length === 0 ? (
              <span className={person.email}>none</span>
            ) : (
              user.projects.map((project) => (
                <span key={project.name} className={classes.project}>
                  <span className="mono">{project.name}</span> {project.role}
                </span>
              ))
            ),
        },
        {
          key: "seen",
          header: "Last sign-in",
          wide: true,
          render: (user) => (user.lastSignInAt ? <RelativeTime at={user.lastSignInAt} /> : "never"),
        },
        { key: "since", header: "Made", wide: true, render: (user) => <RelativeTime at={user.createdAt} /> },
        {
          key: "do",
          header: <span className="visually-hidden">Actions</span>,
          align: "right",
          render: (user) => (user.kind === "demo" ? null : <UserActions user={user} self={user.id === self} />),
        },
      ]}
    />
  );
}
