import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import type { Tab } from "./tabs";

const TITLES: Record<Tab, string> = {
  inbox: "Nothing waits for you",
  open: "No change request is open",
  mine: "You have asked for nothing yet",
  closed: "Nothing has been decided yet",
};

/** An empty list of change requests: what one is, and how to make one. */
export function NoChanges({ tab, requests }: { tab: Tab; requests: boolean }): React.ReactElement {
  return (
    <EmptyState
      title={TITLES[tab]}
      action={
        <>
          <LinkButton href="/feature-groups">Feature groups</LinkButton>
          {tab !== "closed" && (
            <LinkButton href="/change-requests?tab=closed" variant="default">
              What was decided
            </LinkButton>
          )}
        </>
      }
    >
      <p>
        A change request asks to move features to another status: a draft to active, an active one to deprecated, that
        one to retired. Whoever decides sees what the definition and the values were, what they are, and who depends on
        them; nobody decides their own.
      </p>
      <p>
        {requests
          ? "To make one, open a feature or a feature group and choose the status it is to have."
          : "Engineers make them on the page of a feature or a feature group; stewards and admins decide."}
      </p>
    </EmptyState>
  );
}
