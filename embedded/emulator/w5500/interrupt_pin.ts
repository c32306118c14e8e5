// INTn: low while an interrupt that its mask lets through is pending. After the host has cleared one it goes high, and
// if others are pending low again after the time that INTLEVEL says, so that a host that waits for the edge sees one.

import type { Cancel, Clock } from '../models/clock';

/** Of the PLL, in MHz. */
const PLL = 150;

/** Microseconds that INTn stays high; 0 if INTLEVEL is 0. */
export function assertWait(intlevel: number): number {
  return intlevel === 0 ? 0 : ((intlevel + 1) * 4) / PLL;
}

export class InterruptPin {
  /** What the host sees. */
  level: 0 | 1 = 1;
  /** That many falls of the pin do not happen (a fault). */
  loseEdges = 0;
  private pending = false;
  private lost = false;
  private waiting: Cancel | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly changed: (level: 0 | 1) => void,
  ) {}

  /** Called after whatever may change it; `cleared` if the host has just cleared a bit. */
  update(pending: boolean, cleared = false, intlevel = 0): void {
    const wait = assertWait(intlevel);
    if (cleared && this.pending && wait > 0) {
      this.set(1);
      this.waiting?.();
      this.waiting = this.clock.after(wait, () => {
        this.waiting = undefined;
        if (this.pending) this.fall();
      });
    }
    const before = this.pending;
    this.pending = pending;
    if (!pending) {
      this.lost = false;
      this.set(1);
    } else if (!before && this.waiting === undefined) {
      this.fall();
    }
  }

  reset(): void {
    this.waiting?.();
    this.waiting = undefined;
    this.update(false);
  }

  private fall(): void {
    if (this.loseEdges > 0) {
      this.loseEdges -= 1;
      this.lost = true;
    }
    if (!this.lost) this.set(0);
  }

  private set(level: 0 | 1): void {
    if (this.level === level) return;
    this.level = level;
    this.changed(level);
  }
}
