// The time that a chip lives in: microseconds from any start. Tests turn it by hand (virtual_clock.ts), a model that
// runs alone takes the computer's (host_clock.ts), an emulator its board's.

export type Cancel = () => void;

export interface Clock {
  /** Microseconds, never going back. */
  now(): number;
  /** Calls `action` once, `delay` microseconds from now, unless it is cancelled before. Never from within `after`. */
  after(delay: number, action: () => void): Cancel;
}
