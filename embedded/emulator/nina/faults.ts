// What goes wrong with real modules, on order. All counts are 0 by default: no fault.

import type { Chance } from '../models/chance';
import type { SpiFaults } from './spi_slave';

/** Of a command that is not done: it is refused, as an unknown one is, or fails with this errno. */
export type Fate = 'refused' | number;

export class Faults implements SpiFaults {
  /** Bytes of answers that the host does not get as they were sent. */
  junkBytes = 0;
  /** Bytes of junk before the next answer. */
  junkBefore = 0;
  /** Bytes of commands that the module does not get as they were sent. */
  junkSent = 0;
  /** Falls of CS that the module does not notice: READY does not rise. */
  deafSelects = 0;
  /** After so many more commands READY never falls again, until a reset. Infinity: never. */
  hangAfter = Infinity;
  /** The module starts anew after so many bytes on SPI; Infinity: never. */
  resetAfter = Infinity;
  /** Rises of GPIO0 that do not happen. */
  lostEdges = 0;
  /** Clients of a server slot that are dropped: they came between hasClient and accept of updateGpio0Pin. */
  droppedClients = 0;
  private readonly fates = new Map<number, { fate: Fate; times: number; after: number }>();

  constructor(private readonly chance: Chance) {}

  outgoing(value: number): number {
    return this.spend('junkBytes') ? value ^ this.chance.byte() : value;
  }

  incoming(value: number): number {
    return this.spend('junkSent') ? value ^ this.chance.byte() : value;
  }

  deaf(): boolean {
    return this.spend('deafSelects');
  }

  /** One byte has gone over SPI; whether the module starts anew. */
  resets(): boolean {
    this.resetAfter -= 1;
    if (this.resetAfter > 0) return false;
    this.resetAfter = Infinity;
    return true;
  }

  /** A command is done; whether the module hangs. */
  hangs(): boolean {
    this.hangAfter -= 1;
    if (this.hangAfter > 0) return false;
    this.hangAfter = Infinity;
    return true;
  }

  /** So many commands of this code are not done, after so many more that are. */
  doom(code: number, fate: Fate, times: number, after = 0): void {
    this.fates.set(code, { fate, times, after });
  }

  /** A command has come; undefined: it is done. */
  fate(code: number): Fate | undefined {
    const doomed = this.fates.get(code);
    if (doomed === undefined || doomed.times === 0) return undefined;
    if (doomed.after > 0) {
      doomed.after -= 1;
      return undefined;
    }
    doomed.times -= 1;
    return doomed.fate;
  }

  junk(): Uint8Array {
    const { junkBefore } = this;
    this.junkBefore = 0;
    // Anything but the beginning of an answer.
    return Uint8Array.from({ length: junkBefore }, () => this.chance.byte() & 0x7f);
  }

  spend(count: 'junkBytes' | 'junkSent' | 'deafSelects' | 'lostEdges' | 'droppedClients'): boolean {
    if (this[count] === 0) return false;
    this[count] -= 1;
    return true;
  }
}
