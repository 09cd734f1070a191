import Link from "next/link";
import { hrefOfNode } from "@/components/lineage/links";
import type { LineageNode } from "@/lib/lineage/schema";

/** Lineage nodes as links in one line, or `none` in words. */
export function Names({ nodes, none }: { nodes: LineageNode[]; none: string }): React.ReactElement {
  if (nodes.length === 0) return <>{none}</>;
  return (
    <>
      {nodes.map((node, index) => (
        <span key={node.id} className="mono">
          {index > 0 && ", "}
          <Link href={hrefOfNode(node)}>{node.name}</Link>
        </span>
      ))}
    </>
  );
}
