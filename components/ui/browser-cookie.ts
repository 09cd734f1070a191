/** Cookies that hold no secret and that pages set themselves: the project they show, the persona of a demonstration. */
export function rememberChoice(name: "larder_project" | "larder_demo", value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox ESR
  document.cookie = `${name}=${value}; Path=/; SameSite=Lax; Max-Age=31536000`;
}
