// What the firmware does as one task after another: steps that wait, as its blocking calls do.

import type { Cancel, Clock } from '../models/clock';

/** Goes on when it is ready, or at the deadline. */
export interface Wait {
  ready(): boolean;
  /** Of the clock; Infinity: none. */
  deadline: number;
}

export type Steps<T> = Generator<Wait, T, void>;

/** Waits for it, no longer than `timeout` microseconds. Returns whether it is ready. */
export function* until(clock: Clock, ready: () => boolean, timeout = Infinity): Steps<boolean> {
  if (!ready() && timeout > 0) yield { ready, deadline: clock.now() + timeout };
  return ready();
}

export class Task<T> {
  private wait: Wait | undefined;
  private alarm: Cancel = () => {};
  private running = false;
  private again = false;
  private ended = false;

  constructor(
    private readonly clock: Clock,
    private readonly steps: Steps<T>,
    private readonly done: (result: T) => void,
  ) {}

  /** Begins, and later looks whether what it waits for is there. */
  poke(): void {
    if (this.ended) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    do {
      this.again = false;
      this.advance();
    } while (this.again && !this.ended);
    this.running = false;
  }

  /** It never goes on. */
  stop(): void {
    this.ended = true;
    this.alarm();
  }

  private advance(): void {
    const { wait } = this;
    if (wait !== undefined && !wait.ready() && this.clock.now() < wait.deadline) return;
    this.alarm();
    this.alarm = () => {};
    const next = this.steps.next();
    if (next.done === true) {
      if (!this.ended) {
        this.ended = true;
        this.done(next.value);
      }
      return;
    }
    if (this.ended) return;
    this.wait = next.value;
    const left = next.value.deadline - this.clock.now();
    if (left === Infinity) return;
    this.alarm = this.clock.after(Math.max(0, left), () => {
      this.wait = undefined; // this computer's clock may be early
      this.poke();
    });
  }
}

/** The result of steps that do not wait. */
export function now<T>(steps: Steps<T>): T {
  const { done, value } = steps.next();
  if (done !== true) throw new Error('it waits');
  return value;
}
