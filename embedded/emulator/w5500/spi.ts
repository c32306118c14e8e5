// Frames on SPI: two bytes of address, one of control, then data, of which each has the next address. The frame ends
// with CSn high or, in the modes of fixed length, after 1, 2 or 4 bytes of data (datasheet v1.0.9, chapter 2).

export const Block = { COMMON: 0, SOCKET: 1, TX: 2, RX: 3 } as const;

/** What the blocks of registers and memory are to a frame. */
export interface Blocks {
  /** `block` is one of Block's. */
  read(block: number, socket: number, address: number): number;
  write(block: number, socket: number, address: number, value: number): void;
  /** A control byte that selects no block. */
  reserved(selected: number): void;
}

const WRITE = 0x04;
const LENGTHS = [Infinity, 1, 2, 4] as const;

export class Spi {
  private selected = false;
  private header: number[] = [];
  private address = 0;
  private left = 0;

  constructor(private readonly blocks: Blocks) {}

  /** CSn low. */
  select(): void {
    this.selected = true;
    this.header = [];
  }

  /** CSn high. */
  deselect(): void {
    this.selected = false;
    this.header = [];
  }

  /** Eight clocks: what the host sent, and what the chip sends meanwhile. 0 unless it is data that is read. */
  transfer(sent: number): number {
    if (!this.selected) return 0;
    if (this.header.length < 3) {
      this.header.push(sent);
      if (this.header.length === 3) this.begin();
      return 0;
    }
    const control = this.header[2] ?? 0;
    const result = this.data(control, sent);
    this.address = (this.address + 1) & 0xffff;
    this.left -= 1;
    if (this.left === 0) this.header = [];
    return result;
  }

  private begin(): void {
    const [high = 0, low = 0, control = 0] = this.header;
    this.address = (high << 8) | low;
    this.left = LENGTHS[control & 3] ?? Infinity;
    const selected = control >> 3;
    if (selected !== 0 && selected % 4 === 0) this.blocks.reserved(selected);
  }

  private data(control: number, sent: number): number {
    const selected = control >> 3;
    if (selected !== 0 && selected % 4 === 0) return 0;
    const socket = selected >> 2;
    if ((control & WRITE) === 0) return this.blocks.read(selected % 4, socket, this.address);
    this.blocks.write(selected % 4, socket, this.address, sent);
    return 0;
  }
}
