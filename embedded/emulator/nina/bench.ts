// What the tests have in their hands: a module on a network and in a time of theirs, and the host's end of SPI. Its
// framing is written down here once more.

import { FakeNetwork, type FakeConnection } from '../models/fake_network';
import { VirtualClock } from '../models/virtual_clock';
import { Nina, type Options } from './nina';
import { Command, WIDE } from './protocol';

export const MILLISECOND = 1000;
export const SECOND = 1_000_000;
export const PEER = { address: '10.0.2.2', port: 0x1267 } as const;

export type Name = keyof typeof Command;
type Value = number | string | readonly number[];

/** Of a word and of a long one, as networks have them, and as the ESP32 has them. */
export const big = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
export const little = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
export const little32 = (value: number): number[] => [...little(value & 0xffff), ...little(value >>> 16)];
export const counting = (length: number): number[] =>
  Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
export const text = (bytes: readonly number[] = []): string => Buffer.from(bytes).toString('latin1');

const octets = (value: Value): number[] =>
  typeof value === 'number' ? [value] : typeof value === 'string' ? [...Buffer.from(value)] : [...value];

/** A command on SPI. */
export function framed(code: number, values: readonly Value[], wide = WIDE.has(code)): number[] {
  const bytes = [0xe0, code, values.length];
  for (const each of values.map(octets)) bytes.push(...(wide ? big(each.length) : [each.length]), ...each);
  bytes.push(0xee);
  while (bytes.length % 4 !== 0) bytes.push(0);
  return bytes;
}

export class Bench {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  readonly nina: Nina;
  readonly ready: number[] = [];
  readonly interrupts: number[] = [];

  constructor(options: Options = {}) {
    this.nina = new Nina(this.clock, this.network, {
      points: [{ ssid: 'lab', passphrase: 'secret', channel: 6, rssi: -61 }, { ssid: 'open' }],
      ready: (level) => this.ready.push(level),
      interrupt: (level) => this.interrupts.push(level),
      ...options,
    });
  }

  /** After its boot. */
  booted(): this {
    this.clock.advance(SECOND);
    return this;
  }

  /** In the Wi-Fi. */
  joined(): this {
    this.booted();
    this.ask('SET_PASSPHRASE', 'lab', 'secret');
    this.clock.advance(SECOND);
    if (this.ask('GET_CONN_STATUS')[0]?.[0] !== 3) throw new Error('not joined');
    return this;
  }

  /** Until READY is low; time passes. Fails after `limit`. */
  waitReady(limit = SECOND): void {
    for (let waited = 0; this.nina.readyPin === 1; waited += 10) {
      if (waited > limit) throw new Error('READY does not come');
      this.clock.advance(10);
    }
  }

  /** Bytes both ways, as soon as READY is low; CS is low meanwhile. */
  exchange(bytes: readonly number[]): number[] {
    this.waitReady();
    this.nina.select();
    if (this.nina.readyPin !== 1) throw new Error('READY does not acknowledge');
    const result = bytes.map((each) => this.nina.transfer(each));
    this.nina.deselect();
    return result;
  }

  send(name: Name, ...values: readonly Value[]): void {
    this.exchange(framed(Command[name], values));
  }

  /** Whether an answer waits. */
  get answered(): boolean {
    this.clock.advance(100);
    return this.nina.readyPin === 0;
  }

  /** The parameters of an answer. */
  answer(name: Name, wide = false): number[][] {
    const bytes = this.exchange(Array<number>(wide ? 4092 : 64).fill(0));
    const code = Command[name];
    if (bytes[0] !== 0xe0 || bytes[1] !== (code | 0x80)) {
      throw new Error(`no answer to ${name}: ${Buffer.from(bytes.slice(0, 8)).toString('hex')}`);
    }
    const values: number[][] = [];
    let at = 3;
    for (let left = bytes[2]!; left > 0; left -= 1) {
      const length = wide ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]!;
      at += wide ? 2 : 1;
      values.push(bytes.slice(at, at + length));
      at += length;
    }
    if (bytes[at] !== 0xee) throw new Error(`no end of the answer to ${name}`);
    return values;
  }

  ask(name: Name, ...values: readonly Value[]): number[][] {
    this.send(name, ...values);
    return this.answer(name, name === 'RECV' || name === 'RECVFROM' || name === 'GET_DATABUF_TCP');
  }

  /** The first byte of the first parameter. */
  byte(name: Name, ...values: readonly Value[]): number {
    return this.ask(name, ...values)[0]?.[0] ?? -1;
  }

  get errno(): number {
    return this.byte('ERRNO');
  }

  /** A socket that does not wait. */
  socket(type: 'tcp' | 'udp'): number {
    const descriptor = this.byte('SOCKET', type === 'tcp' ? 1 : 2, 0);
    if (descriptor === 0xff) throw new Error('no socket');
    this.ask('IOCTL', descriptor, little32(0x8004667e), little32(1));
    return descriptor;
  }

  /** One that listens. */
  server(port = 5000, backlog = 2): number {
    const descriptor = this.socket('tcp');
    if (this.byte('BIND', descriptor, big(port)) !== 1 || this.byte('LISTEN', descriptor, backlog) !== 1) {
      throw new Error('no server');
    }
    return descriptor;
  }

  /** A connection to the peer. */
  connected(): { descriptor: number; peer: FakeConnection } {
    const descriptor = this.socket('tcp');
    this.ask('CONNECT', descriptor, [10, 0, 2, 2], big(PEER.port));
    if (this.byte('POLL', descriptor) !== 2) throw new Error('not connected');
    return { descriptor, peer: this.network.connections.at(-1)! };
  }

  recv(descriptor: number, limit = 4000): number[] {
    return this.ask('RECV', descriptor, little(limit))[0]!;
  }

  sent(descriptor: number, bytes: readonly number[]): number {
    const [high = 0, low = 0] = this.ask('SEND', [descriptor], bytes)[0]!;
    return (high << 8) | low;
  }
}
