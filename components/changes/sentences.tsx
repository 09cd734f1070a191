import Link from "next/link";
import classes from "./changes.module.css";
import { linkedWords } from "./linked-words";

const SHOWN = 20;

function Sentence({ text }: { text: string }): React.ReactElement {
  return (
    <li>
      {linkedWords(text).map((word, index) =>
        word.href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: words of an unchanging sentence
          <Link key={index} href={word.href} className="mono">
            {word.text}
          </Link>
        ) : (
          word.text
        ),
      )}
    </li>
  );
}

/** Sentences of the server as a list, with links to what they name. */
export function Sentences({ sentences }: { sentences: string[] }): React.ReactElement {
  return (
    <ul>
      {sentences.slice(0, SHOWN).map((text) => (
        <Sentence key={text} text={text} />
      ))}
      {sentences.length > SHOWN && <li className={classes.quiet}>and {sentences.length - SHOWN} more</li>}
    </ul>
  );
}
