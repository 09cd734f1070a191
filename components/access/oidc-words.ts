const WORDS: Record<string, string> = {
  not_invited:
    "It knows you, but nobody has invited you to Larder yet. Ask an admin for an invitation to your address.",
  email_not_verified: "It does not vouch for your e-mail address, so it cannot be told who you are here.",
  disabled: "Your account here is disabled. Ask an admin.",
  account_exists:
    "There is an account with your address already. Sign in with its password, then add the single sign-on on your account page.",
  already_linked: "That identity belongs to another account here.",
  session_ended: "You were signed out meanwhile. Sign in and try again.",
};

/** Why single sign-on led back without success, in words for the code it came back with. */
export function oidcProblem(code: string): string {
  const why = WORDS[code] ?? "It did not answer as it should. Try again; if it stays so, ask an admin.";
  return `Single sign-on did not work. ${why}`;
}
