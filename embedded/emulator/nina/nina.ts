// The module as its pins show it: SPI with READY, GPIO0 and RESET; and its one loop of commands (main/sketch.ino.cpp).

import { Cable } from '../models/cable';
import { Chance } from '../models/chance';
import type { Cancel, Clock } from '../models/clock';
import type { Ipv4, Network } from '../models/network';
import { Station, TIMES, type AccessPoint, type Addresses, type Times } from './air';
import { failure } from './failure';
import { Faults } from './faults';
import { Lwip } from './lwip';
import { Crash, REFUSAL, Request } from './message';
import type { Handler, Module } from './module';
import { BUFFER, START } from './protocol';
import { SLOT_COMMANDS } from './slot_commands';
import { Slots } from './slots';
import { SOCKET_COMMANDS } from './socket_commands';
import { SpiSlave } from './spi_slave';
import { Task, type Steps } from './task';
import type { TlsProvider } from './tls';
import { WIFI_COMMANDS } from './wifi_commands';

export interface Options {
  readonly points?: readonly AccessPoint[];
  /** What DHCP gives. */
  readonly lease?: Addresses;
  readonly times?: Partial<Times>;
  /** Microseconds from one transfer to the next, and from a reset until commands are taken. */
  readonly latency?: number;
  readonly boot?: number;
  readonly mac?: readonly number[];
  /** Of names, as DNS would answer. */
  readonly resolve?: (name: string, answer: (address: Ipv4 | undefined) => void) => void;
  /** For the slots with TLS; without it no such connection comes about. */
  readonly tls?: TlsProvider;
  /** Seconds since 1970. */
  readonly time?: () => number;
  /** Of chance in faults. */
  readonly seed?: number;
  readonly ready?: (level: 0 | 1) => void;
  readonly interrupt?: (level: 0 | 1) => void;
  readonly violation?: (what: string) => void;
}

export const LATENCY = 50;
export const BOOT = 600_000;
/** Microseconds until the task of GPIO0 has looked. */
export const LOOK = 20;

const LEASE: Addresses = { own: '10.0.2.15', mask: '255.255.255.0', gateway: '10.0.2.2', nameServer: '10.0.2.3' };

const HANDLERS: Readonly<Record<number, Handler>> = { ...WIFI_COMMANDS, ...SLOT_COMMANDS, ...SOCKET_COMMANDS };

export class Nina implements Module {
  readonly times: Times;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly network: Cable;
  readonly station: Station;
  readonly mac: readonly number[];
  lwip: Lwip;
  slots: Slots;
  /** What the host did that the firmware takes and does not expect, and what made it crash. */
  readonly violations: string[] = [];
  /** What the host drives GPIO0 to while RESET rises: 0 is the ESP32's boot loader, which is not this firmware. */
  bootPin: 0 | 1 = 1;
  private readonly spi: SpiSlave;
  private held = false;
  private running = false;
  private looking = false;
  private look: Cancel = () => {};
  private next: Cancel = () => {};
  private task: Task<Uint8Array | undefined> | undefined;
  private gpio0: 0 | 1 = 1;

  constructor(
    readonly clock: Clock,
    network: Network,
    private readonly options: Options = {},
  ) {
    this.times = { ...TIMES, ...options.times };
    this.mac = options.mac ?? [2, 0, 0, 0, 0, 1];
    this.chance = new Chance(options.seed ?? 1);
    this.faults = new Faults(this.chance);
    this.network = new Cable(network);
    this.network.whole = false;
    this.station = new Station(clock, options.points ?? [], options.lease ?? LEASE, this.times, (event) => {
      this.network.whole = this.station.addresses !== undefined && this.station.range;
      if (event === 'lost') this.lwip.closeConnected();
      this.changed();
    });
    this.spi = new SpiSlave(
      this.faults,
      (level) => options.ready?.(level),
      (what) => this.violation(what),
    );
    this.lwip = this.newLwip();
    this.slots = this.newSlots();
    this.start();
  }

  // Pins.

  /** CS low. */
  select(): void {
    this.spi.select();
  }

  transfer(sent: number): number {
    const result = this.spi.transfer(sent);
    if (this.faults.resets()) this.crash('a reset of its own');
    return result;
  }

  /** CS high. */
  deselect(): void {
    this.spi.deselect();
  }

  /** READY; some call it BUSY or ACK. */
  get readyPin(): 0 | 1 {
    return this.spi.ready;
  }

  /** High while a slot has something to tell. */
  get gpio0Pin(): 0 | 1 {
    return this.gpio0;
  }

  set resetPin(level: 0 | 1) {
    if (level === 0 && !this.held) this.stop();
    if (level === 1 && this.held) this.start();
    this.held = level === 0;
  }

  get resetPin(): 0 | 1 {
    return this.held ? 0 : 1;
  }

  /** Whether there is Wi-Fi to be heard. */
  set air(within: boolean) {
    this.station.range = within;
  }

  get air(): boolean {
    return this.station.range;
  }

  // What handlers need.

  time(): number {
    return this.station.addresses === undefined ? 0 : (this.options.time?.() ?? 0);
  }

  resolve(name: string, answer: (address: Ipv4 | undefined) => void): void {
    if (this.options.resolve === undefined) answer(undefined);
    else this.options.resolve(name, answer);
  }

  changed(): void {
    // While its parts are made it is not yet there.
    if (this.slots === undefined) return;
    this.slots.pump();
    this.task?.poke();
    this.lookSoon();
  }

  violation(what: string): void {
    this.violations.push(what);
    this.options.violation?.(what);
  }

  // Commands.

  private listen(): void {
    const buffer = new Uint8Array(BUFFER);
    this.spi.receive(buffer, (count) => this.later(() => (count === 0 ? this.listen() : this.handle(buffer, count))));
  }

  private handle(bytes: Uint8Array, count: number): void {
    const request = new Request(bytes);
    const handler = request.byte(0) === START ? HANDLERS[request.code] : undefined;
    if (handler === undefined) {
      this.violation(`no command: ${Buffer.from(bytes.subarray(0, Math.min(count, 8))).toString('hex')}`);
      return this.respond(REFUSAL);
    }
    const fault = request.fault(count);
    if (fault !== undefined) this.violation(fault);
    const fate = this.faults.fate(request.code);
    if (fate === 'refused') return this.respond(REFUSAL);
    if (fate !== undefined) {
      this.lwip.fail(fate);
      return this.respond(failure(request.code, this));
    }
    const task = new Task(this.clock, this.guard(handler, request), (response) => {
      this.task = undefined;
      if (response !== undefined) this.respond(response);
    });
    this.task = task;
    task.poke();
  }

  private *guard(handler: Handler, request: Request): Steps<Uint8Array | undefined> {
    try {
      return yield* handler(request, this);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crash(error.message);
      return undefined;
    }
  }

  /** The task of GPIO0 looks after each command, and whenever something has come. */
  private lookSoon(): void {
    if (this.looking || !this.running) return;
    this.looking = true;
    this.look = this.clock.after(LOOK, () => {
      this.looking = false;
      const level = this.slots.update() ? 1 : 0;
      if (level === 1 && this.gpio0 === 0 && this.faults.spend('lostEdges')) return;
      this.raise(level);
    });
  }

  private respond(response: Uint8Array): void {
    this.lookSoon();
    if (this.faults.hangs()) return;
    const junk = this.faults.junk();
    this.spi.send(Uint8Array.from([...junk, ...response]), () => this.later(() => this.listen()));
  }

  private later(action: () => void): void {
    this.next = this.clock.after(this.options.latency ?? LATENCY, action);
  }

  // Life.

  private newLwip(): Lwip {
    const address = (): Ipv4 | undefined => this.station.addresses?.own;
    return new Lwip(this.clock, this.network, address, () => this.changed());
  }

  private newSlots(): Slots {
    return new Slots(this.lwip, this.clock, this.faults, this.options.tls, () => this.changed());
  }

  private crash(what: string): void {
    this.violation(`crash: ${what}`);
    this.stop();
    if (!this.held) this.start();
  }

  private stop(): void {
    this.next();
    this.look();
    this.running = this.looking = false;
    this.task?.stop();
    this.task = undefined;
    this.slots.stop();
    this.lwip.vanish();
    this.station.stop();
    this.network.whole = false;
    this.spi.silence();
    this.raise(1);
  }

  private start(): void {
    const { bootPin } = this;
    this.next = this.clock.after(this.options.boot ?? BOOT, () => {
      if (bootPin === 0) return this.violation('GPIO0 was low at the end of RESET: this is the boot loader');
      this.lwip = this.newLwip();
      this.slots = this.newSlots();
      this.running = true;
      this.raise(0);
      this.listen();
    });
  }

  private raise(level: 0 | 1): void {
    if (this.gpio0 === level) return;
    this.gpio0 = level;
    this.options.interrupt?.(level);
  }
}
