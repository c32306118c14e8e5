// The chip as its pins show it: SPI, RSTn, INTn and the cable; and its common registers.

import { Cable } from '../models/cable';
import { Chance } from '../models/chance';
import type { Settings } from './arp';
import { Memory } from './buffers';
import type { Cancel, Clock } from '../models/clock';
import { Faults } from './faults';
import { InterruptPin } from './interrupt_pin';
import type { Network } from '../models/network';
import { Phy } from './phy';
import { addresses, COMMON, common as at, IR, MR, socket as socketAt, SnIr, SOCKETS } from './registers';
import { Socket, type Surroundings } from './socket';
import { Block, Spi, type Blocks } from './spi';

export interface Options {
  /** Microseconds from a command to its acceptance, when Sn_CR becomes 0. */
  commandTime?: number;
  /** Where the 16-bit pointers begin after OPEN. */
  initialPointer?: number;
  /** Which bits of Sn_IR a RST raises (the datasheet says only that Sn_SR becomes CLOSED). */
  resetRaises?: number;
  /** Of chance in faults. */
  seed?: number;
  interrupt?: (level: 0 | 1) => void;
  violation?: (what: string) => void;
}

/** RSTn must be low that long, and so long the PLL needs afterwards (microseconds). */
export const RESET_PULSE = 500;
export const PLL_LOCK = 1000;

const DEFINED = addresses(COMMON);
const READ_ONLY = addresses(COMMON, 'r');

export class W5500 implements Surroundings, Blocks {
  readonly txMemory = new Memory();
  readonly rxMemory = new Memory();
  readonly commandTime: number;
  readonly initialPointer: number;
  readonly resetRaises: number;
  readonly faults: Faults;
  readonly network: Cable;
  /** What the host did that the datasheet does not allow. */
  readonly violations: string[] = [];
  private readonly spi = new Spi(this);
  private readonly phy = new Phy();
  private readonly pin: InterruptPin;
  private readonly bytes = new Uint8Array(0x40);
  private readonly sockets: Socket[];
  private ready = true;
  private lowSince: number | undefined;
  private lock: Cancel = () => {};

  constructor(
    readonly clock: Clock,
    network: Network,
    private readonly options: Options = {},
  ) {
    this.commandTime = options.commandTime ?? 0;
    this.initialPointer = options.initialPointer ?? 0;
    this.resetRaises = options.resetRaises ?? SnIr.DISCON;
    this.network = new Cable(network);
    this.faults = new Faults(new Chance(options.seed ?? 1));
    this.pin = new InterruptPin(clock, (level) => options.interrupt?.(level));
    this.sockets = Array.from({ length: SOCKETS }, (_, number) => new Socket(number, this));
    this.initialize();
  }

  // Pins.

  /** CSn low. */
  select(): void {
    this.spi.select();
  }

  transfer(sent: number): number {
    const result = this.ready ? this.spi.transfer(this.faults.sent(sent)) : 0;
    if (this.faults.resets()) this.resetItself();
    return result;
  }

  /** CSn high. */
  deselect(): void {
    this.spi.deselect();
  }

  /** A whole frame: select, all bytes, deselect. */
  frame(sent: Uint8Array): Uint8Array {
    this.select();
    const result = sent.map((each) => this.transfer(each));
    this.deselect();
    return result;
  }

  get interruptPin(): 0 | 1 {
    return this.pin.level;
  }

  set resetPin(level: 0 | 1) {
    if (level === 0) {
      this.lowSince ??= this.clock.now();
      this.ready = false;
      this.lock();
      this.link();
      return;
    }
    if (this.lowSince === undefined) return;
    const pulse = this.clock.now() - this.lowSince;
    this.lowSince = undefined;
    if (pulse < RESET_PULSE) {
      this.violation(`RSTn was low for ${pulse} us`);
      this.ready = true;
      this.link();
    } else {
      this.resetItself();
    }
  }

  get resetPin(): 0 | 1 {
    return this.lowSince === undefined ? 1 : 0;
  }

  set cable(plugged: boolean) {
    this.phy.cable = plugged;
    this.link();
  }

  get cable(): boolean {
    return this.phy.cable;
  }

  // Registers and memory.

  read(block: number, number: number, address: number): number {
    return this.faults.junk(this.peek(block, number, address));
  }

  write(block: number, number: number, address: number, value: number): void {
    if (block === Block.COMMON) this.writeCommon(address, value);
    if (block === Block.SOCKET) this.sockets[number]?.write(address, value);
    if (block === Block.TX) this.txMemory.set(number, address, value);
    if (block === Block.RX) this.violation(`socket ${number}: RX buffer written`);
  }

  reserved(selected: number): void {
    this.violation(`block ${selected} selected, which is none`);
  }

  // What sockets need.

  settings(): Settings {
    return {
      gateway: this.field('GAR', 4),
      mask: this.field('SUBR', 4),
      own: this.field('SIPR', 4),
      rtr: this.word('RTR'),
      rcr: this.byte('RCR'),
    };
  }

  mac(): Uint8Array {
    return this.field('SHAR', 6);
  }

  forceArp(): boolean {
    return (this.byte('MR') & MR.FARP) !== 0;
  }

  unreachable(address: Uint8Array, port: number): void {
    this.bytes.set(address, at('UIPR'));
    this.bytes.set([port >> 8, port & 0xff], at('UPORTR'));
    this.raise(IR.UNREACH);
  }

  /** Bits of IR: UNREACH of itself; CONFLICT, PPPoE and MP by those who play them. */
  raise(bits: number): void {
    this.bytes[at('IR')] = this.byte('IR') | (bits & IR.ALL);
    this.interrupts(false);
  }

  interrupts(cleared: boolean): void {
    const pending = (this.byte('IR') & this.byte('IMR')) !== 0 || (this.sir() & this.byte('SIMR')) !== 0;
    this.pin.loseEdges += this.faults.loseEdges;
    this.faults.loseEdges = 0;
    this.pin.update(pending, cleared, this.word('INTLEVEL'));
  }

  violation(what: string): void {
    this.violations.push(what);
    this.options.violation?.(what);
  }

  private peek(block: number, number: number, address: number): number {
    if (block === Block.COMMON) return this.readCommon(address);
    if (block === Block.TX) return this.txMemory.get(number, address);
    if (block === Block.RX) return this.rxMemory.get(number, address);
    const value = this.sockets[number]?.read(address) ?? 0;
    const size = address === socketAt('Sn_TX_FSR') || address === socketAt('Sn_RX_RSR');
    return size ? this.faults.size(number * 256 + address, value) : value;
  }

  private readCommon(address: number): number {
    if (address === at('SIR')) return this.sir();
    if (address === at('PHYCFGR')) return this.phy.read();
    return DEFINED.has(address) ? (this.bytes[address] ?? 0) : 0;
  }

  private writeCommon(address: number, value: number): void {
    if (!DEFINED.has(address) || READ_ONLY.has(address)) return;
    if (address === at('MR') && (value & MR.RST) !== 0) return this.initialize();
    if (address === at('PHYCFGR')) {
      this.phy.write(value);
      return this.link();
    }
    if (address === at('IR')) {
      const cleared = this.byte('IR') & value;
      this.bytes[address] = this.byte('IR') & ~value;
      return this.interrupts(cleared !== 0);
    }
    this.bytes[address] = value;
    if (address === at('IMR') || address === at('SIMR')) this.interrupts(false);
  }

  private sir(): number {
    // Sockets are not there yet while they are made.
    return (this.sockets ?? []).reduce((bits, each) => bits | (each.interrupting ? 1 << each.number : 0), 0);
  }

  private byte(name: string): number {
    return this.bytes[at(name)] ?? 0;
  }

  private word(name: string): number {
    const address = at(name);
    return ((this.bytes[address] ?? 0) << 8) | (this.bytes[address + 1] ?? 0);
  }

  private field(name: string, size: number): Uint8Array {
    return this.bytes.slice(at(name), at(name) + size);
  }

  private resetItself(): void {
    this.initialize();
    this.spi.deselect();
    this.ready = false;
    this.lock();
    this.lock = this.clock.after(PLL_LOCK, () => {
      this.ready = true;
    });
  }

  private initialize(): void {
    for (const { address, reset } of COMMON) this.bytes.set(reset, address);
    for (const each of this.sockets) each.reset();
    this.pin.reset();
    this.phy.reset();
    this.link();
  }

  /** Nothing gets through without a link. */
  private link(): void {
    this.network.whole = this.phy.link && this.lowSince === undefined;
  }
}
