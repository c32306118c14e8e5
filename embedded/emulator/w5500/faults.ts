// What goes wrong with real chips and wires, on order. All counts are 0 by default: no fault.

import type { Chance } from '../models/chance';

export class Faults {
  /** Reads of Sn_TX_FSR and Sn_RX_RSR that give the upper byte of what the register was when it was read before. */
  tornReads = 0;
  /** Bytes of data that the host does not get as the chip sent them. */
  junkBytes = 0;
  /** Bytes that the chip does not get as the host sent them, those of a frame's header among them. */
  junkSent = 0;
  /** Falls of INTn that do not happen. */
  loseEdges = 0;
  /** The chip resets itself after so many bytes on SPI; Infinity: never. */
  resetAfter = Infinity;

  private readonly upper = new Map<number, number>();

  constructor(private readonly chance: Chance) {}

  /** The upper byte of a size register, which `key` names. */
  size(key: number, value: number): number {
    const before = this.upper.get(key) ?? 0;
    this.upper.set(key, value);
    if (this.tornReads === 0) return value;
    this.tornReads -= 1;
    return before;
  }

  junk(value: number): number {
    if (this.junkBytes === 0) return value;
    this.junkBytes -= 1;
    return value ^ this.chance.byte();
  }

  sent(value: number): number {
    if (this.junkSent === 0) return value;
    this.junkSent -= 1;
    return value ^ this.chance.byte();
  }

  /** One byte has gone over SPI; whether the chip resets now. */
  resets(): boolean {
    this.resetAfter -= 1;
    if (this.resetAfter > 0) return false;
    this.resetAfter = Infinity;
    return true;
  }
}
