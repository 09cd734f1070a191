import { SEEN_EVERY_MS } from "@/lib/access/session-policy";
import type { Context } from "@/lib/platform/context";

/** Remembers when tokens were last used, and writes it down once a minute. */
export class TokenUse {
  private used = new Map<string, { ip: string; at: Date }>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly base: Pick<Context, "db" | "log">) {
    this.timer = setInterval(() => void this.flush(), SEEN_EVERY_MS);
    this.timer.unref();
  }

  note(tokenId: string, ip: string, at: Date): void {
    const known = this.used.get(tokenId);
    if (known) {
      known.ip = ip;
      known.at = at;
    } else this.used.set(tokenId, { ip, at });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private async flush(): Promise<void> {
    const used = this.used;
    this.used = new Map();
    try {
      for (const [id, { ip, at }] of used)
        await this.base.db.apiToken.updateMany({ where: { id }, data: { lastUsedAt: at, lastUsedIp: ip } });
    } catch (error) {
      this.base.log.warn({ err: error }, "the use of tokens could not be written down");
    }
  }
}
