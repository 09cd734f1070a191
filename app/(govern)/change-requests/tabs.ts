/** The tabs of the list of change requests, in order, and what each holds. */
export const TABS = [
  { value: "inbox", label: "To decide", filter: { inbox: true } },
  { value: "open", label: "Open", filter: { state: "OPEN" as const } },
  { value: "mine", label: "Mine", filter: { mine: true } },
  { value: "closed", label: "Closed", filter: { closed: true } },
] as const;
export type Tab = (typeof TABS)[number]["value"];
