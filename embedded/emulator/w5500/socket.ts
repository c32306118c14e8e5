// A socket's registers, and the commands that need no protocol. What a protocol does is in tcp.ts, udp.ts and
// macraw.ts.

import { RxBuffer, TxBuffer, type Memory } from './buffers';
import type { Settings } from './arp';
import type { Cancel, Clock } from '../models/clock';
import type { Network } from '../models/network';
import { addresses, Command, nameOf, Protocol, SnIr, SOCKET, socket as at, Status } from './registers';
import { Macraw } from './macraw';
import { Tcp } from './tcp';
import { Udp } from './udp';

/** An open socket's protocol. */
export interface Mode {
  /** LISTEN, CONNECT, DISCON, SEND, SEND_MAC, SEND_KEEP, or RECV after the buffer has room again. */
  command(command: number): void;
  /** At once, without a word to the peer. */
  close(): void;
  /** Sn_KPALVTR was written. */
  keepAliveChanged?(): void;
}

/** What a socket needs of its chip. */
export interface Surroundings {
  readonly clock: Clock;
  readonly network: Network;
  readonly txMemory: Memory;
  readonly rxMemory: Memory;
  /** Microseconds until a command is accepted; 0: at once. */
  readonly commandTime: number;
  /** Of the 16-bit pointers after OPEN. */
  readonly initialPointer: number;
  /** What RST raises, of which the datasheet says nothing: DISCON, TIMEOUT or nothing. */
  readonly resetRaises: number;
  settings(): Settings;
  mac(): Uint8Array;
  forceArp(): boolean;
  unreachable(address: Uint8Array, port: number): void;
  /** Sn_IR or Sn_IMR has changed. */
  interrupts(cleared: boolean): void;
  /** The host did what the datasheet does not allow. */
  violation(what: string): void;
}

const SIZE = 0x30;
const DEFINED = addresses(SOCKET);
const READ_ONLY = addresses(SOCKET, 'r');

export class Socket {
  readonly tx: TxBuffer;
  readonly rx: RxBuffer;
  private readonly bytes = new Uint8Array(SIZE);
  private mode: Mode | undefined;
  private command = 0;
  private accept: Cancel = () => {};
  private raised = 0;
  private state: number = Status.CLOSED;

  constructor(
    readonly number: number,
    readonly chip: Surroundings,
  ) {
    this.tx = new TxBuffer(chip.txMemory, number);
    this.rx = new RxBuffer(chip.rxMemory, number);
    this.reset();
  }

  reset(): void {
    this.close();
    this.accept();
    this.command = this.raised = 0;
    for (const { address, reset } of SOCKET) this.bytes.set(reset, address);
    this.chip.txMemory.resize(this.number, 2);
    this.chip.rxMemory.resize(this.number, 2);
    this.tx.open(0);
    this.rx.open(0);
  }

  read(address: number): number {
    switch (address) {
      case at('Sn_CR'): return this.command;
      case at('Sn_IR'): return this.raised;
      case at('Sn_SR'): return this.state;
      case at('Sn_TX_FSR'): return this.tx.free >> 8;
      case at('Sn_TX_FSR') + 1: return this.tx.free & 0xff;
      case at('Sn_TX_RD'): return this.tx.read >> 8;
      case at('Sn_TX_RD') + 1: return this.tx.read & 0xff;
      case at('Sn_TX_WR'): return this.tx.write >> 8;
      case at('Sn_TX_WR') + 1: return this.tx.write & 0xff;
      case at('Sn_RX_RSR'): return this.rx.received >> 8;
      case at('Sn_RX_RSR') + 1: return this.rx.received & 0xff;
      case at('Sn_RX_RD'): return this.rx.read >> 8;
      case at('Sn_RX_RD') + 1: return this.rx.read & 0xff;
      case at('Sn_RX_WR'): return this.rx.write >> 8;
      case at('Sn_RX_WR') + 1: return this.rx.write & 0xff;
      default: return DEFINED.has(address) ? (this.bytes[address] ?? 0) : 0;
    }
  }

  write(address: number, value: number): void {
    if (READ_ONLY.has(address)) return;
    switch (address) {
      case at('Sn_CR'): return this.order(value);
      case at('Sn_IR'): return this.clear(value);
      case at('Sn_TX_WR'): this.tx.write = (value << 8) | (this.tx.write & 0xff); return;
      case at('Sn_TX_WR') + 1: this.tx.write = (this.tx.write & 0xff00) | value; return;
      case at('Sn_RX_RD'): this.rx.read = (value << 8) | (this.rx.read & 0xff); return;
      case at('Sn_RX_RD') + 1: this.rx.read = (this.rx.read & 0xff00) | value; return;
    }
    if (!DEFINED.has(address)) return;
    this.bytes[address] = value;
    if (address === at('Sn_IMR')) this.chip.interrupts(false);
    if (address === at('Sn_KPALVTR')) this.mode?.keepAliveChanged?.();
    if (address === at('Sn_TXBUF_SIZE')) this.resize(this.chip.txMemory, value);
    if (address === at('Sn_RXBUF_SIZE')) this.resize(this.chip.rxMemory, value);
  }

  /** Whether an interrupt of its is let through by Sn_IMR. */
  get interrupting(): boolean {
    return (this.raised & this.byte('Sn_IMR')) !== 0;
  }

  get status(): number {
    return this.state;
  }

  set status(value: number) {
    this.state = value;
  }

  raise(bits: number): void {
    this.raised |= bits;
    this.chip.interrupts(false);
  }

  byte(name: string): number {
    return this.bytes[at(name)] ?? 0;
  }

  word(name: string): number {
    const address = at(name);
    return ((this.bytes[address] ?? 0) << 8) | (this.bytes[address + 1] ?? 0);
  }

  field(name: string, size: number): Uint8Array {
    return this.bytes.slice(at(name), at(name) + size);
  }

  /** What the chip itself writes: the peer's addresses. */
  set(name: string, value: Uint8Array): void {
    this.bytes.set(value, at(name));
  }

  /** To CLOSED, whatever it was. */
  close(): void {
    const mode = this.mode;
    this.mode = undefined;
    this.state = Status.CLOSED;
    mode?.close();
  }

  violation(what: string): void {
    this.chip.violation(`socket ${this.number}: ${what}`);
  }

  private resize(memory: Memory, kilobytes: number): void {
    if (this.state !== Status.CLOSED) this.violation('buffer size changed while it is open');
    if (!memory.resize(this.number, kilobytes)) this.violation(`buffer of ${kilobytes} KB, or more than 16 KB in all`);
  }

  private clear(bits: number): void {
    const cleared = this.raised & bits & SnIr.ALL;
    this.raised &= ~cleared;
    if (cleared !== 0) this.chip.interrupts(true);
  }

  private order(command: number): void {
    if (this.command !== 0) {
      this.violation(`${nameOf(Command, command)} before ${nameOf(Command, this.command)} was accepted`);
      return;
    }
    if (this.chip.commandTime === 0) return this.execute(command);
    this.command = command;
    this.accept = this.chip.clock.after(this.chip.commandTime, () => {
      this.command = 0;
      this.execute(command);
    });
  }

  private execute(command: number): void {
    switch (command) {
      case Command.OPEN: return this.open();
      case Command.CLOSE: return this.close();
      case Command.RECV:
        if (!this.rx.consume()) this.violation('RECV with Sn_RX_RD beyond Sn_RX_WR');
        this.mode?.command(command);
        return;
    }
    if (this.mode === undefined) this.violation(`${nameOf(Command, command)} while it is closed`);
    else this.mode.command(command);
  }

  private open(): void {
    if (this.state !== Status.CLOSED) this.violation('OPEN while it is open');
    this.close();
    const protocol = this.byte('Sn_MR') & 0x0f;
    this.tx.open(this.chip.initialPointer);
    this.rx.open(this.chip.initialPointer);
    if (protocol === Protocol.TCP) this.mode = new Tcp(this);
    else if (protocol === Protocol.UDP) this.mode = new Udp(this);
    else if (protocol === Protocol.MACRAW && this.number === 0) this.mode = new Macraw(this);
    else this.violation(`OPEN with protocol ${protocol}`);
  }
}
