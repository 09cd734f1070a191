import { LoadingState } from "@/components/ui/loading-state";

/** What a page shows until its data is there. */
export default function Loading(): React.ReactElement {
  return <LoadingState />;
}
