// PHYCFGR: how the PHY is set, and what it has come to with the cable.

import { PHYCFGR } from './registers';

/** OPMDC: what the three bits allow. */
const FULL_100 = PHYCFGR.SPD | PHYCFGR.DPX;
const MODES = [0, PHYCFGR.DPX, PHYCFGR.SPD, FULL_100, PHYCFGR.SPD, 0, undefined, FULL_100] as const;

export class Phy {
  /** Whether the cable is in, with a 100 Mbit/s full duplex port at its other end. */
  cable = true;
  private set = 0xb8;

  reset(): void {
    this.set = 0xb8;
  }

  write(value: number): void {
    this.set = value & (PHYCFGR.RST | PHYCFGR.OPMD | PHYCFGR.OPMDC);
  }

  read(): number {
    const mode = this.mode();
    return this.set | (mode === undefined ? 0 : mode | PHYCFGR.LNK);
  }

  get link(): boolean {
    return this.mode() !== undefined;
  }

  /** Speed and duplex of the link; undefined without one. The pins of PMODE say "all, with negotiation". */
  private mode(): number | undefined {
    if (!this.cable || (this.set & PHYCFGR.RST) === 0) return undefined;
    return (this.set & PHYCFGR.OPMD) !== 0 ? MODES[(this.set & PHYCFGR.OPMDC) >> 3] : FULL_100;
  }
}
