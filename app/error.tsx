"use client";

import { Button } from "@mantine/core";
import { ErrorState } from "@/components/ui/error-state";
import { LinkButton } from "@/components/ui/link-button";

/** What any page shows when reading its data failed. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}): React.ReactElement {
  return (
    <ErrorState
      title="This page could not be read"
      detail={error.digest ? `Look for digest ${error.digest} in the server's log.` : error.message}
      action={
        <>
          <Button onClick={reset}>Try again</Button>
          <LinkButton href="/" variant="default">
            Home
          </LinkButton>
        </>
      }
    >
      <p>
        The server met an error while it collected the data. Nothing was changed. If it stays, the server's log says
        why.
      </p>
    </ErrorState>
  );
}
