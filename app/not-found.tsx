import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";

/** What an address without a page shows. */
export default function NotFound(): React.ReactElement {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        title="There is nothing at this address"
        action={
          <>
            <LinkButton href="/features">Search features</LinkButton>
            <LinkButton href="/" variant="default">
              Home
            </LinkButton>
          </>
        }
      >
        It may have been renamed or removed, or the address has a typing error. Ctrl K searches everything.
      </EmptyState>
    </>
  );
}
