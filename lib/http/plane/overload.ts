import { LarderError } from "@/lib/kernel/errors";

/** How many requests are worked on at once; more would only wait for each other. */
const MAX_IN_FLIGHT = 1000;
/** The event loop is looked at this often, and is behind when it comes back this late. */
const LOOK_MS = 50;
const LATE_MS = 500;
const RETRY_AFTER_SECONDS = 1;

/** Turns requests away at once while there is more work than time, instead of letting all of them wait. */
export class Overload {
  private inFlight = 0;
  private refused = 0;
  private lookedAt = performance.now();
  private late = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly report: (inFlight: number, refused: number) => void,
    private readonly maxInFlight: number = MAX_IN_FLIGHT,
  ) {
    this.timer = setInterval(() => {
      const now = performance.now();
      this.late = now - this.lookedAt - LOOK_MS > LATE_MS;
      this.lookedAt = now;
      this.report(this.inFlight, this.refused);
    }, LOOK_MS);
    this.timer.unref();
  }

  /** Counts a request in. Throws `overloaded`. */
  enter(): void {
    if (this.inFlight >= this.maxInFlight || this.late) {
      this.refused++;
      throw new LarderError("overloaded", "There are more requests than this process can answer; try again", [], {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.inFlight++;
  }

  /** Counts it out; a listener as it is. */
  readonly leave = (): void => {
    this.inFlight--;
  };

  stop(): void {
    clearInterval(this.timer);
  }
}
