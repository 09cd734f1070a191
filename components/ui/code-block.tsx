import classes from "./code-block.module.css";
import { CopyButton } from "./copy-button";
import { highlight } from "./highlight";

/** Code to read and copy; scrolls sideways by itself and by keyboard. */
export function CodeBlock({
  code,
  language,
  title,
}: {
  code: string;
  language: string;
  title?: string;
}): React.ReactElement {
  const name = title ?? language;
  return (
    <figure className={classes.block} style={{ margin: 0 }}>
      <figcaption className={classes.head}>
        <span>{name}</span>
        <CopyButton text={code} label={`Copy ${name}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={name}>
        <pre className={classes.code}>
          {highlight(code, language).map((token, index) =>
            token.kind === "plain" ? (
              token.text
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: tokens of unchanging text
              <span key={index} className={classes[token.kind]}>
                {token.text}
              </span>
            ),
          )}
        </pre>
      </section>
    </figure>
  );
}
