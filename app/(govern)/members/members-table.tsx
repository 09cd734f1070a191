"use client";

import person from "@/components/access/person.module.css";
import { DataTable, type DataTableColumn } from "@/components/ui/data-table";
import { RelativeTime } from "@/components/ui/relative-time";
import type { MemberSummary } from "@/lib/access/schema";
import { RemoveMember, RoleSelect, SensitiveSwitch } from "./member-cells";

function nameColumn(self: string): DataTableColumn<MemberSummary> {
  return {
    key: "name",
    header: "Name",
    render: (member) => (
      <>
        <span className={person.name}>
          {member.name}
          {member.userId === self && <span className={person.mark}>you</span>}
          {member.kind === "demo" && <span className={person.mark}>demonstration</span>}
          {member.disabled && <span className={person.mark}>disabled</span>}
        </span>
        <span className={person.email}>{member.email ?? ""}</span>
      </>
    ),
  };
}

/** The members of the project; for admins with everything they can change. */
export function MembersTable({
  members,
  manages,
  self,
}: {
  members: MemberSummary[];
  manages: boolean;
  self: string;
}): React.ReactElement {
  const columns: DataTableColumn<MemberSummary>[] = [
    nameColumn(self),
    {
      key: "role",
      header: "Role",
      render: (member) => (manages ? <RoleSelect member={member} /> : member.role),
    },
    {
      key: "sensitive",
      header: "Sensitive reader",
      render: (member) => (manages ? <SensitiveSwitch member={member} /> : member.sensitive ? "yes" : "no"),
    },
    {
      key: "seen",
      header: "Last sign-in",
      wide: true,
      render: (member) => (member.lastSignInAt ? <RelativeTime at={member.lastSignInAt} /> : "never"),
    },
    { key: "since", header: "Member since", wide: true, render: (member) => <RelativeTime at={member.since} /> },
  ];
  if (manages)
    columns.push({
      key: "remove",
      header: <span className="visually-hidden">Remove</span>,
      align: "right",
      render: (member) => <RemoveMember member={member} />,
    });
  return (
    <DataTable
      caption="Members"
      rows={members}
      rowKey={(member) => member.userId}
      columns={columns}
      empty={<p>This page of the list is empty.</p>}
    />
  );
}
