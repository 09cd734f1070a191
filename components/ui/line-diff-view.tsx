import { countChanges, type DiffBlock, diffLines } from "./line-diff";
import classes from "./line-diff-view.module.css";
import { formatCount } from "./numbers";

/** Unchanged lines shown around a change; what lies further away is folded. */
const CONTEXT = 3;

type Same = Extract<DiffBlock, { kind: "same" }>;
type Changed = Extract<DiffBlock, { kind: "changed" }>;
type Part = { from: number; to: number; folded: boolean };

function partsOf(count: number, first: boolean, last: boolean): Part[] {
  const head = first ? 0 : CONTEXT;
  const tail = last ? 0 : CONTEXT;
  // Folding one or two lines would hide less than the fold itself takes.
  if (count <= head + tail + 2) return [{ from: 0, to: count, folded: false }];
  const parts = [
    { from: 0, to: head, folded: false },
    { from: head, to: count - tail, folded: true },
    { from: count - tail, to: count, folded: false },
  ];
  return parts.filter((part) => part.to > part.from);
}

type Numbered = { number: number; line: string };

function numbered(lines: string[], first: number): Numbered[] {
  return lines.map((line, index) => ({ number: first + index, line }));
}

function SameLines({ block, from, to }: { block: Same; from: number; to: number }): React.ReactElement {
  const shift = block.afterLine - block.beforeLine;
  return (
    <>
      {numbered(block.lines.slice(from, to), block.beforeLine + from).map(({ number, line }) => (
        <div key={number} className={classes.row}>
          <div className={classes.line}>
            <span className={classes.number} aria-hidden>
              {number}
            </span>
            <span className={classes.text}>{line}</span>
          </div>
          <div className={`${classes.line} ${classes.second}`} aria-hidden>
            <span className={classes.number}>{number + shift}</span>
            <span className={classes.text}>{line}</span>
          </div>
        </div>
      ))}
    </>
  );
}

function Side({ lines, kind }: { lines: Numbered[]; kind: "removed" | "added" }): React.ReactElement {
  const Text = kind === "removed" ? "del" : "ins";
  return (
    <div className={lines.length > 0 ? undefined : classes.void}>
      {lines.map(({ number, line }) => (
        <div key={number} className={`${classes.line} ${classes[kind]}`}>
          <span className={classes.number} aria-hidden>
            {number}
          </span>
          <Text className={classes.text}>{line}</Text>
        </div>
      ))}
    </div>
  );
}

function ChangedLines({ block }: { block: Changed }): React.ReactElement {
  return (
    <div className={classes.row}>
      <Side lines={numbered(block.removed, block.beforeLine)} kind="removed" />
      <Side lines={numbered(block.added, block.afterLine)} kind="added" />
    </div>
  );
}

function Block({ block, first, last }: { block: DiffBlock; first: boolean; last: boolean }): React.ReactElement {
  if (block.kind === "changed") return <ChangedLines block={block} />;
  return (
    <>
      {partsOf(block.lines.length, first, last).map((part) =>
        part.folded ? (
          <details key={part.from} className={classes.fold}>
            <summary>{formatCount(part.to - part.from)} unchanged lines</summary>
            <SameLines block={block} {...part} />
          </details>
        ) : (
          <SameLines key={part.from} block={block} {...part} />
        ),
      )}
    </>
  );
}

/** What differs between two texts: side by side where there is room, else one under the other. */
export function LineDiffView({
  before,
  after,
  titles,
}: {
  before: string;
  after: string;
  titles: { before: string; after: string };
}): React.ReactElement {
  const blocks = diffLines(before, after);
  const { removed, added } = countChanges(blocks);
  const summary = `${formatCount(added)} ${added === 1 ? "line" : "lines"} added, ${formatCount(removed)} removed`;
  return (
    <figure className={classes.diff}>
      <figcaption className={classes.head}>
        <span>{titles.before}</span>
        <span>
          {titles.after} <span className={classes.counts}>{summary}</span>
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.body} tabIndex={0} aria-label={`${titles.before} and ${titles.after}: ${summary}`}>
        {blocks.map((block, index) => (
          <Block
            key={`${block.beforeLine}-${block.afterLine}`}
            block={block}
            first={index === 0}
            last={index === blocks.length - 1}
          />
        ))}
      </section>
    </figure>
  );
}
