// Retransmission (datasheet v1.0.9, pages 38 and 39): RCR + 1 tries, of which each waits RTR for an answer; those of
// TCP wait twice as long each time as long as that is no more than 65,535 units of 100 us.

import type { Cancel, Clock } from '../models/clock';

const UNIT = 100;

/** Microseconds that each try waits. */
export function retryTimes(rtr: number, rcr: number, kind: 'arp' | 'tcp'): number[] {
  const times: number[] = [];
  for (let wait = rtr; times.length <= rcr; ) {
    times.push(wait * UNIT);
    if (kind === 'tcp' && wait * 2 <= 0xffff) wait *= 2;
  }
  return times;
}

/** Tries at once, again after each time, and gives up after the last. */
export class Retry {
  private cancel: Cancel = () => {};
  private active = false;

  constructor(
    private readonly clock: Clock,
    private readonly times: readonly number[],
    private readonly attempt: (number: number) => void,
    private readonly failed: () => void,
  ) {}

  start(): void {
    this.stop();
    this.active = true;
    this.step(0);
  }

  /** Neither stopped nor given up: an answer that comes now is in time. */
  get running(): boolean {
    return this.active;
  }

  stop(): void {
    this.active = false;
    this.cancel();
    this.cancel = () => {};
  }

  private step(number: number): void {
    const wait = this.times[number];
    if (wait === undefined) {
      this.active = false;
      this.failed();
      return;
    }
    // First the timer: an attempt may be answered at once, and that stops it.
    this.cancel = this.clock.after(wait, () => this.step(number + 1));
    this.attempt(number);
  }
}
