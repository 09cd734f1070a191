import { notifications } from "@mantine/notifications";
import { postJson } from "./post-json";

/** Ends this browser's session and leaves for the sign-in page, with nothing of the session kept in memory. */
export async function signOut(): Promise<void> {
  const answer = await postJson("/api/v1/auth/sign-out", {});
  if (answer.ok) window.location.assign("/sign-in");
  else notifications.show({ title: "You are still signed in", message: answer.error.detail, color: "red" });
}
