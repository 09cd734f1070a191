/** When a breaker opens, and for how long. `now` counts milliseconds and never goes back. */
export type BreakerOptions = { failures: number; openMs: number; now: () => number };

/** One call that was let through; it ends in exactly one of these, later ones do nothing. */
export type Permit = {
  succeeded(): void;
  /** True when this failure opened the breaker. */
  failed(): boolean;
};

/**
 * Keeps callers from waiting for a dependency that does not answer. Closed: everybody may call. After `failures` failures
 * without a success between them it opens, and nobody may; after `openMs` one caller may try, and decides for all.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil: number | null = null;
  private trying: Permit | null = null;

  constructor(private readonly options: BreakerOptions) {}

  /** Leave to call, or null: nobody may just now. */
  enter(): Permit | null {
    if (this.openUntil === null) return this.permit();
    if (this.trying || this.options.now() < this.openUntil) return null;
    this.trying = this.permit();
    return this.trying;
  }

  /** Whether callers are turned away, or one of them is trying whether that can end. */
  get isOpen(): boolean {
    return this.openUntil !== null;
  }

  /** Milliseconds until somebody may try; 0 when it is closed, or somebody is trying already. */
  get retryAfterMs(): number {
    return this.openUntil === null ? 0 : Math.max(0, this.openUntil - this.options.now());
  }

  private permit(): Permit {
    let ended = false;
    const end = (outcome: () => boolean): boolean => {
      if (ended) return false;
      ended = true;
      // A call from before it opened proves nothing about now; the one that tries decides.
      if (this.openUntil !== null && this.trying !== permit) return false;
      return outcome();
    };
    const permit: Permit = {
      succeeded: () => {
        end(() => {
          this.failures = 0;
          this.openUntil = null;
          this.trying = null;
          return false;
        });
      },
      failed: () =>
        end(() => {
          this.failures += 1;
          if (this.trying !== permit && this.failures < this.options.failures) return false;
          this.trying = null;
          this.openUntil = this.options.now() + this.options.openMs;
          return true;
        }),
    };
    return permit;
  }
}
