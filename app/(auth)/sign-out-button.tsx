"use client";

import { Button } from "@mantine/core";
import { signOut } from "@/components/ui/sign-out";

/** Ends the session of this browser. */
export function SignOutButton(): React.ReactElement {
  return (
    <Button variant="default" onClick={() => void signOut()}>
      Sign out
    </Button>
  );
}
