// The chip's two memories of 16 KB, and a socket's part of each. Pointers are 16 bits that run on without end; which
// byte of the part one means are its lower bits (datasheet v1.0.9, pages 54 and 55).

import { SOCKETS } from './registers';

export const MEMORY = 16 * 1024;

export const word = (value: number): number => value & 0xffff;

/** The parts lie one behind the other, in the order of the sockets. */
export class Memory {
  private readonly bytes = new Uint8Array(MEMORY);
  private readonly kilobytes = Array<number>(SOCKETS).fill(2);

  /** Returns whether the size is one that the chip has, and the sum of all fits in. */
  resize(socket: number, kilobytes: number): boolean {
    this.kilobytes[socket] = kilobytes;
    return [0, 1, 2, 4, 8, 16].includes(kilobytes) && this.base(SOCKETS) <= MEMORY;
  }

  size(socket: number): number {
    return (this.kilobytes[socket] ?? 0) * 1024;
  }

  get(socket: number, pointer: number): number {
    const size = this.size(socket);
    return size === 0 ? 0 : (this.bytes[this.place(socket, pointer, size)] ?? 0);
  }

  set(socket: number, pointer: number, value: number): void {
    const size = this.size(socket);
    if (size !== 0) this.bytes[this.place(socket, pointer, size)] = value;
  }

  private place(socket: number, pointer: number, size: number): number {
    return (this.base(socket) + (pointer & (size - 1))) % MEMORY;
  }

  private base(socket: number): number {
    return this.kilobytes.slice(0, socket).reduce((sum, each) => sum + each * 1024, 0);
  }
}

export class TxBuffer {
  /** Sn_TX_WR, which the host writes; SEND takes note of it. */
  write = 0;
  /** Sn_TX_RD: up to here SEND has sent. */
  read = 0;
  /** Up to here the peer has acknowledged (with TCP; else the same as `read`). */
  acknowledged = 0;

  constructor(
    private readonly memory: Memory,
    private readonly socket: number,
  ) {}

  open(pointer: number): void {
    this.write = this.read = this.acknowledged = word(pointer);
  }

  /** Sn_TX_FSR. */
  get free(): number {
    return Math.max(0, this.memory.size(this.socket) - word(this.read - this.acknowledged));
  }

  /** What lies between Sn_TX_RD and Sn_TX_WR; undefined if that is more than was free. */
  take(): Uint8Array | undefined {
    const length = word(this.write - this.read);
    const fits = length <= this.free;
    const bytes = Uint8Array.from({ length: fits ? length : 0 }, (_, index) =>
      this.memory.get(this.socket, this.read + index),
    );
    this.read = this.write;
    return fits ? bytes : undefined;
  }
}

export class RxBuffer {
  /** Sn_RX_RD, which the host writes; RECV takes note of it. */
  read = 0;
  /** Sn_RX_WR. */
  write = 0;
  /** Sn_RX_RD as of the last RECV. */
  private consumed = 0;

  constructor(
    private readonly memory: Memory,
    private readonly socket: number,
  ) {}

  open(pointer: number): void {
    this.read = this.write = this.consumed = word(pointer);
  }

  /** Sn_RX_RSR. */
  get received(): number {
    return word(this.write - this.consumed);
  }

  get free(): number {
    return Math.max(0, this.memory.size(this.socket) - this.received);
  }

  put(bytes: Uint8Array): void {
    for (const each of bytes) {
      this.memory.set(this.socket, this.write, each);
      this.write = word(this.write + 1);
    }
  }

  /** RECV. Returns whether the host has read no more than there was. */
  consume(): boolean {
    const sound = word(this.read - this.consumed) <= this.received;
    this.consumed = sound ? this.read : this.write;
    return sound;
  }
}
