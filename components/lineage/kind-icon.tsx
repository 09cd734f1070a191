import { IconColumns3, IconDatabase, IconEye, IconPackage, IconPlugConnected, IconStack2 } from "@tabler/icons-react";
import type { LineageKind } from "./graph";

const ICONS = {
  source: IconDatabase,
  feature_group: IconStack2,
  feature: IconColumns3,
  feature_view: IconEye,
  consumer: IconPlugConnected,
  training_set: IconPackage,
} as const;

/** The mark of a kind of lineage node; the word beside it says what it is. */
export function KindIcon({ kind, size = 14 }: { kind: LineageKind; size?: number }): React.ReactElement {
  const Icon = ICONS[kind];
  return <Icon size={size} stroke={1.6} aria-hidden />;
}
