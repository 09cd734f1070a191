/** Has all rows of a SELECT sent as a file and gives it to the browser to keep. Throws with the problem's words. */
export async function downloadRows(sql: string, format: "parquet" | "csv"): Promise<void> {
  const response = await fetch("/api/v1/sql/download", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sql, format }),
  });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new Error(problem.detail ?? `The server answered ${response.status}.`);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name ?? `query.${format}`;
  link.click();
  // The browser has it once the click is through.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
