/** A small generator of chance: the same seed, the same faults. */
export class Chance {
  constructor(private state: number) {
    if (state === 0) this.state = 1;
  }

  /** 1 to 255. */
  byte(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return ((this.state >>> 0) % 255) + 1;
  }
}
