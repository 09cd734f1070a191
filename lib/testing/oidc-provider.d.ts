/** The package brings no types; this is what tests use of it. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Account = { accountId: string; claims(): Promise<object> };

  export default class Provider {
    constructor(
      issuer: string,
      configuration: Record<string, unknown> & { findAccount(ctx: unknown, sub: string): Account | undefined },
    );
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
