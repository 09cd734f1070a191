import { CodeBlock } from "../ui/code-block";
import { LinkTabs } from "../ui/link-tabs";
import { type SnippetSubject, writeSnippets } from "./snippets";

/** Working code that reads a feature, in the language the URL's `use` parameter names. */
export function UseIt({
  subject,
  chosen,
}: {
  subject: SnippetSubject;
  chosen: string | undefined;
}): React.ReactElement {
  const snippets = writeSnippets(subject);
  const snippet = snippets.find((one) => one.value === chosen) ?? snippets[0];
  if (!snippet) return <p>No code to show.</p>;
  return (
    <div>
      <LinkTabs param="use" label="Language" current={snippet.value} tabs={snippets} />
      <CodeBlock code={snippet.code} language={snippet.language} title={snippet.label} />
    </div>
  );
}
