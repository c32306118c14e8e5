// The ESP32 as a slave on SPI, with READY (components/SPIS/src/SPIS.cpp): low while a transfer waits for its master,
// high from the fall of CS on, as an acknowledgement, until the next transfer waits.

/** A transfer that is under way or waits. */
interface Transfer {
  /** What goes out; what comes in is lost if there is no `into`. */
  readonly out: Uint8Array | undefined;
  readonly into: Uint8Array | undefined;
  readonly length: number;
  /** So many bytes were clocked, no more than `length`. */
  readonly done: (count: number) => void;
}

export interface SpiFaults {
  /** What the master gets for a byte that is sent to it. */
  outgoing(value: number): number;
  /** What the slave gets for a byte of the master. */
  incoming(value: number): number;
  /** Whether the fall of CS goes unnoticed. */
  deaf(): boolean;
}

export class SpiSlave {
  private transfer_: Transfer | undefined;
  private selected = false;
  private heard = false;
  private count = 0;
  private level: 0 | 1 = 1;

  constructor(
    private readonly faults: SpiFaults,
    private readonly changed: (ready: 0 | 1) => void,
    private readonly violation: (what: string) => void,
  ) {}

  /** READY. */
  get ready(): 0 | 1 {
    return this.level;
  }

  /** Takes `length` bytes of the master into `into`. */
  receive(into: Uint8Array, done: (count: number) => void): void {
    this.queue({ out: undefined, into, length: into.length, done });
  }

  /** Gives the master `out`. */
  send(out: Uint8Array, done: (count: number) => void): void {
    this.queue({ out, into: undefined, length: out.length, done });
  }

  /** No transfer waits, and READY is high: reset, boot, a firmware that hangs. */
  silence(): void {
    this.transfer_ = undefined;
    this.set(1);
  }

  /** CS low. */
  select(): void {
    if (this.transfer_ === undefined) this.violation('CS low while READY is high');
    this.selected = true;
    this.count = 0;
    this.heard = this.transfer_ !== undefined && !this.faults.deaf();
    if (this.heard) this.set(1);
  }

  /** Eight clocks. */
  transfer(sent: number): number {
    const { transfer_: transfer } = this;
    if (!this.selected || !this.heard || transfer === undefined || this.count >= transfer.length) return 0;
    const value = transfer.out?.[this.count] ?? 0;
    if (transfer.into !== undefined) transfer.into[this.count] = this.faults.incoming(sent);
    this.count += 1;
    return transfer.out === undefined ? value : this.faults.outgoing(value);
  }

  /** CS high: the transfer is over, however much of it there was. */
  deselect(): void {
    if (!this.selected) return;
    this.selected = false;
    const { transfer_: transfer } = this;
    if (transfer === undefined || !this.heard) return;
    this.transfer_ = undefined;
    // The DMA of the ESP32 stores whole words: what is beyond the last one does not arrive.
    if (transfer.into !== undefined) transfer.into.fill(0, this.count - (this.count % 4));
    transfer.done(this.count);
  }

  private queue(transfer: Transfer): void {
    this.transfer_ = transfer;
    this.set(0);
  }

  private set(level: 0 | 1): void {
    if (this.level === level) return;
    this.level = level;
    this.changed(level);
  }
}
