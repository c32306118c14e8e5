// A clock that stands still until it is told to go on.

import type { Cancel, Clock } from './clock';

interface Alarm {
  time: number;
  order: number;
  action: () => void;
}

export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  private alarms: Alarm[] = [];

  now(): number {
    return this.time;
  }

  after(delay: number, action: () => void): Cancel {
    const alarm = { time: this.time + delay, order: this.order++, action };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((each) => each !== alarm);
    };
  }

  /** Goes on by `delay` microseconds; what is due on the way is called in its order, at its time. */
  advance(delay: number): void {
    const end = this.time + delay;
    for (;;) {
      const next = this.next();
      if (next === undefined || next.time > end) break;
      this.alarms = this.alarms.filter((each) => each !== next);
      this.time = next.time;
      next.action();
    }
    this.time = end;
  }

  /** Alarms that wait. */
  get pending(): number {
    return this.alarms.length;
  }

  private next(): Alarm | undefined {
    return this.alarms.reduce<Alarm | undefined>(
      (first, each) =>
        first === undefined || each.time < first.time || (each.time === first.time && each.order < first.order)
          ? each
          : first,
      undefined,
    );
  }
}
