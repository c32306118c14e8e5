// The computer's own time.

import type { Cancel, Clock } from './clock';

export class HostClock implements Clock {
  now(): number {
    return Number(process.hrtime.bigint() / 1000n);
  }

  after(delay: number, action: () => void): Cancel {
    if (delay < 1000) {
      // setTimeout has no less than a millisecond.
      const immediate = setImmediate(action);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(action, delay / 1000);
    return () => clearTimeout(timer);
  }
}
