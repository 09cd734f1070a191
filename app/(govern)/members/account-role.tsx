"use client";

import { Select } from "@mantine/core";
import { ROLE_OPTIONS, toRole } from "@/components/ui/role-words";
import { useAct } from "@/components/ui/use-act";
import type { ServiceAccountSummary } from "@/lib/access/schema";
import { changeServiceAccount } from "./actions";

/** The role of a service account, to be changed at once. */
export function AccountRole({ account }: { account: ServiceAccountSummary }): React.ReactElement {
  const { pending, act } = useAct();
  return (
    <Select
      size="xs"
      w={132}
      aria-label={`Role of ${account.name}`}
      allowDeselect={false}
      data={ROLE_OPTIONS}
      value={account.role}
      disabled={pending || account.disabled}
      onChange={(value) => {
        const role = toRole(value);
        if (role === null || role === account.role) return;
        act(() => changeServiceAccount({ id: account.id, role }), { done: `${account.name} is ${role} now` });
      }}
    />
  );
}
