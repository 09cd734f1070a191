import { EmptyState } from "./empty-state";
import { LinkButton } from "./link-button";
import { PageHeader } from "./page-header";

/** What a page shows to whoever may not read it: the server's words, which name the role it takes. */
export function NoPermission({ title, detail }: { title: string; detail: string }): React.ReactElement {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        title="Your role does not include this page"
        action={
          <>
            <LinkButton href="/settings">What each role may do</LinkButton>
            <LinkButton href="/members" variant="default">
              Who the admins are
            </LinkButton>
          </>
        }
      >
        <p>{detail}.</p>
        <p>An admin of the project can give you another role.</p>
      </EmptyState>
    </>
  );
}
