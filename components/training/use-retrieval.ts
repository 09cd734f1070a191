"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { RetrievalPreview } from "@/lib/datasets/training-schema";
import { fetchJson, RequestError } from "../ui/fetch-json";
import type { SetRequest } from "./set-draft";

export type RetrievalState = {
  preview: RetrievalPreview | null;
  /** The preview is of the request as it stands. */
  fresh: boolean;
  pending: boolean;
  problem: { code: string; detail: string } | null;
  retry: () => void;
};

/** What a request would give, from at most 10,000 of its rows; null asks for nothing. */
export function useRetrieval(request: SetRequest | null): RetrievalState {
  const query = useQuery({
    queryKey: ["training-preview", JSON.stringify(request)],
    queryFn: ({ signal }) =>
      fetchJson<RetrievalPreview>("/api/v1/training-sets/preview", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
        signal,
      }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    retry: false,
    refetchOnWindowFocus: false,
  });
  return {
    preview: query.data ?? null,
    fresh: query.isSuccess && !query.isPlaceholderData && !query.isFetching,
    pending: query.isFetching,
    problem: query.error && !query.isFetching ? problemOf(query.error) : null,
    retry: () => void query.refetch(),
  };
}

function problemOf(error: Error): { code: string; detail: string } {
  if (error instanceof RequestError) return { code: error.problem.code, detail: error.message };
  return { code: "unreachable", detail: "The server does not answer. Check the connection and try again." };
}
