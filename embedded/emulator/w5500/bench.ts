// What the tests have in their hands: a chip on a network and in a time of theirs, and the host's end of SPI.

import { W5500, type Options } from './chip';
import { FakeNetwork, type FakeConnection } from '../models/fake_network';
import { Command, common, Protocol, socket, Status } from './registers';
import { Block } from './spi';
import { VirtualClock } from '../models/virtual_clock';

export const MILLISECOND = 1000;
export const SECOND = 1_000_000;
export const PEER = { address: '10.0.2.2', port: 4711 } as const;

export class Bench {
  readonly clock = new VirtualClock();
  readonly network = new FakeNetwork();
  readonly edges: number[] = [];
  readonly chip: W5500;

  constructor(options: Options = {}) {
    this.chip = new W5500(this.clock, this.network, { interrupt: (level) => this.edges.push(level), ...options });
  }

  /** One frame of variable length. */
  read(block: number, number: number, address: number, length = 1): number[] {
    const control = (block === Block.COMMON ? 0 : (number << 2) | block) << 3;
    const sent = [address >> 8, address & 0xff, control, ...Array<number>(length).fill(0)];
    return [...this.chip.frame(Uint8Array.from(sent))].slice(3);
  }

  write(block: number, number: number, address: number, ...bytes: number[]): void {
    const control = ((block === Block.COMMON ? 0 : (number << 2) | block) << 3) | 4;
    this.chip.frame(Uint8Array.of(address >> 8, address & 0xff, control, ...bytes));
  }

  common(name: string, length = 1): number[] {
    return this.read(Block.COMMON, 0, common(name), length);
  }

  setCommon(name: string, ...bytes: number[]): void {
    this.write(Block.COMMON, 0, common(name), ...bytes);
  }

  byte(number: number, name: string): number {
    return this.read(Block.SOCKET, number, socket(name))[0] ?? -1;
  }

  word(number: number, name: string): number {
    const [high = 0, low = 0] = this.read(Block.SOCKET, number, socket(name), 2);
    return (high << 8) | low;
  }

  set(number: number, name: string, ...bytes: number[]): void {
    this.write(Block.SOCKET, number, socket(name), ...bytes);
  }

  setWord(number: number, name: string, value: number): void {
    this.set(number, name, (value >> 8) & 0xff, value & 0xff);
  }

  order(number: number, command: keyof typeof Command): void {
    this.set(number, 'Sn_CR', Command[command]);
  }

  status(number: number): number {
    return this.byte(number, 'Sn_SR');
  }

  /** Addresses as behind QEMU's own network. */
  configure(): this {
    this.setCommon('GAR', 10, 0, 2, 2);
    this.setCommon('SUBR', 255, 255, 255, 0);
    this.setCommon('SHAR', 2, 0, 0, 0, 0, 1);
    this.setCommon('SIPR', 10, 0, 2, 15);
    return this;
  }

  open(number: number, protocol: keyof typeof Protocol, port: number, flags = 0): void {
    this.set(number, 'Sn_MR', Protocol[protocol] | flags);
    this.setWord(number, 'Sn_PORT', port);
    this.order(number, 'OPEN');
  }

  aim(number: number, address: readonly number[], port: number): void {
    this.set(number, 'Sn_DIPR', ...address);
    this.setWord(number, 'Sn_DPORT', port);
  }

  /** A connection to the peer from the chip, with CON cleared. */
  connected(number: number): FakeConnection {
    this.open(number, 'TCP', 50000 + number);
    this.aim(number, [10, 0, 2, 2], 5000);
    this.order(number, 'CONNECT');
    const connection = this.network.connections.at(-1);
    if (connection === undefined || this.status(number) !== Status.ESTABLISHED) throw new Error('not connected');
    this.set(number, 'Sn_IR', 0x1f);
    return connection;
  }

  /** Into the TX buffer, and SEND. */
  send(number: number, bytes: readonly number[], command: 'SEND' | 'SEND_MAC' = 'SEND'): void {
    const pointer = this.word(number, 'Sn_TX_WR');
    this.write(Block.TX, number, pointer, ...bytes);
    this.setWord(number, 'Sn_TX_WR', pointer + bytes.length);
    this.order(number, command);
  }

  /** Out of the RX buffer, and RECV. */
  receive(number: number, length = this.word(number, 'Sn_RX_RSR')): number[] {
    const pointer = this.word(number, 'Sn_RX_RD');
    const bytes = this.read(Block.RX, number, pointer, length);
    this.setWord(number, 'Sn_RX_RD', pointer + length);
    this.order(number, 'RECV');
    return bytes;
  }
}

export const counting = (length: number): number[] =>
  Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
