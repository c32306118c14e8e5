// The chip on this computer's loopback interface: no wait is for a time, all are for what happens.

import assert from 'node:assert/strict';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import * as net from 'node:net';
import { test } from 'node:test';
import { Bench, counting } from './bench';
import { W5500 } from './chip';
import { HostNetwork, type HostOptions } from '../models/host_network';
import { IR, SnIr, SnMr, Status } from './registers';

/** A bench whose chip is on the host's network. */
class HostBench extends Bench {
  readonly opened = new Map<string, number>();
  readonly failures: string[] = [];
  override readonly chip: W5500;

  constructor(options: HostOptions = {}) {
    super();
    const network = new HostNetwork({
      ...(options.self === undefined ? { port: () => 0 } : {}),
      ...options,
      opened: (protocol, chip, here) => this.opened.set(`${protocol} ${chip}`, here),
      failed: (what) => this.failures.push(what),
    });
    this.chip = new W5500(this.clock, network);
    this.configure();
    this.setCommon('SIMR', 0xff);
  }

  async until<T>(condition: () => T | undefined | false): Promise<T> {
    for (;;) {
      const value = condition();
      if (value !== undefined && value !== false) return value;
      // A turn of node's loop, which brings what the sockets have.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  port(protocol: string, chip: number): Promise<number> {
    return this.until(() => this.opened.get(`${protocol} ${chip}`));
  }

  /** Until all of `bits` are in Sn_IR, which are cleared then. */
  async interrupt(number: number, bits: number): Promise<void> {
    await this.until(() => (this.byte(number, 'Sn_IR') & bits) === bits);
    this.set(number, 'Sn_IR', bits);
  }

  /** So many bytes from the RX buffer. */
  async take(number: number, length: number): Promise<number[]> {
    const bytes: number[] = [];
    while (bytes.length < length) {
      const { length: before } = bytes;
      this.set(number, 'Sn_IR', SnIr.RECV);
      bytes.push(...this.receive(number));
      if (bytes.length === before) await this.until(() => this.word(number, 'Sn_RX_RSR') > 0);
    }
    return bytes;
  }
}

async function take(socket: net.Socket, length: number): Promise<number[]> {
  const bytes: number[] = [];
  while (bytes.length < length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes.push(...chunk);
  }
  return bytes;
}

test('a server of the chip: 50,000 bytes both ways, then FIN of the peer', async () => {
  const bench = new HostBench();
  bench.open(0, 'TCP', 5000);
  bench.order(0, 'LISTEN');
  const peer = net.connect({ port: await bench.port('tcp', 5000), host: '127.0.0.1', allowHalfOpen: true });
  await bench.interrupt(0, SnIr.CON);
  assert.equal(bench.status(0), Status.ESTABLISHED);
  assert.deepEqual(bench.read(1, 0, 0x0c, 4), [10, 0, 2, 2]);
  assert.equal(bench.word(0, 'Sn_DPORT'), peer.localPort);
  const all = counting(50_000);
  const echoed = take(peer, all.length);
  peer.write(Uint8Array.from(all));
  for (let at = 0; at < all.length; ) {
    const piece = await bench.take(0, 1);
    assert.deepEqual(piece, all.slice(at, at + piece.length));
    at += piece.length;
    bench.send(0, piece);
    await bench.interrupt(0, SnIr.SENDOK);
  }
  assert.deepEqual(await echoed, all);
  peer.end();
  await bench.interrupt(0, SnIr.DISCON);
  assert.equal(bench.status(0), Status.CLOSE_WAIT);
  const ended = once(peer, 'end');
  peer.resume();
  bench.order(0, 'DISCON');
  await ended;
  await bench.interrupt(0, SnIr.DISCON);
  assert.equal(bench.status(0), Status.CLOSED);
  assert.deepEqual(bench.chip.violations, []);
});

test('a server of the chip refuses who comes while no socket listens', async () => {
  const bench = new HostBench();
  bench.open(0, 'TCP', 5000);
  bench.order(0, 'LISTEN');
  const port = await bench.port('tcp', 5000);
  const first = net.connect(port, '127.0.0.1');
  await bench.interrupt(0, SnIr.CON);
  const second = net.connect(port, '127.0.0.1');
  const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException];
  assert.ok(['ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? ''));
  // The next socket is where the first was.
  bench.open(1, 'TCP', 5000);
  bench.order(1, 'LISTEN');
  const third = net.connect(port, '127.0.0.1');
  await bench.interrupt(1, SnIr.CON);
  first.destroy();
  third.resetAndDestroy();
  await bench.interrupt(1, SnIr.DISCON);
  assert.equal(bench.status(1), Status.CLOSED);
  bench.order(0, 'CLOSE');
});

test('a client of the chip; DISCON, and then the FIN of the peer', async () => {
  const bench = new HostBench();
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.open(2, 'TCP', 50000);
  bench.aim(2, [10, 0, 2, 2], (server.address() as net.AddressInfo).port);
  bench.order(2, 'CONNECT');
  await bench.interrupt(2, SnIr.CON);
  bench.send(2, [1, 2, 3]);
  assert.deepEqual(await bench.take(2, 3), [1, 2, 3]);
  await bench.interrupt(2, SnIr.SENDOK);
  bench.order(2, 'DISCON');
  assert.equal(bench.status(2), Status.FIN_WAIT);
  await bench.until(() => bench.status(2) === Status.TIME_WAIT);
  bench.clock.advance(200_000);
  assert.equal(bench.status(2), Status.CLOSED);
  assert.equal(bench.byte(2, 'Sn_IR'), SnIr.DISCON);
  server.close();
});

test('a client of the chip is refused', async () => {
  const bench = new HostBench();
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  bench.open(2, 'TCP', 50000);
  bench.aim(2, [10, 0, 2, 2], port);
  bench.order(2, 'CONNECT');
  await bench.interrupt(2, SnIr.DISCON);
  assert.equal(bench.status(2), Status.CLOSED);
});

test('beyond this computer nobody answers', () => {
  const bench = new HostBench();
  bench.open(2, 'TCP', 50000);
  bench.aim(2, [192, 0, 2, 1], 80);
  bench.order(2, 'CONNECT');
  assert.equal(bench.status(2), Status.SYNSENT);
  bench.clock.advance(31_800_000);
  assert.equal(bench.byte(2, 'Sn_IR'), SnIr.TIMEOUT);
  bench.open(3, 'UDP', 5000);
  bench.aim(3, [10, 0, 2, 99], 80);
  bench.send(3, [1]);
  bench.clock.advance(1_800_000);
  assert.equal(bench.byte(3, 'Sn_IR'), SnIr.TIMEOUT);
  bench.order(3, 'CLOSE');
});

test('a cable that is out and in again, under a connection and under one that begins', async () => {
  const bench = new HostBench();
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  for (const number of [0, 1]) {
    bench.open(number, 'TCP', 50000);
    bench.aim(number, [10, 0, 2, 2], port);
  }
  bench.order(0, 'CONNECT');
  await bench.interrupt(0, SnIr.CON);
  bench.order(1, 'CONNECT');
  bench.chip.cable = false;
  bench.send(0, [1, 2, 3]);
  // A connection that comes and goes meanwhile, so that there was time for all of it.
  const other = net.connect(port, '127.0.0.1');
  other.end('x');
  await once(other, 'data');
  assert.deepEqual([bench.byte(0, 'Sn_IR'), bench.word(0, 'Sn_RX_RSR'), bench.byte(1, 'Sn_IR')], [0, 0, 0]);
  bench.chip.cable = true;
  assert.deepEqual(await bench.take(0, 3), [1, 2, 3]);
  await bench.interrupt(1, SnIr.CON);
  bench.order(0, 'CLOSE');
  bench.order(1, 'CLOSE');
  server.close();
});

test('datagrams both ways', async () => {
  const bench = new HostBench();
  const peer = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  bench.open(3, 'UDP', 5000);
  const port = await bench.port('udp', 5000);
  peer.send(Uint8Array.of(7, 8), port, '127.0.0.1');
  await bench.until(() => bench.word(3, 'Sn_RX_RSR') > 0);
  const from = peer.address().port;
  assert.deepEqual(bench.receive(3), [10, 0, 2, 2, from >> 8, from & 0xff, 0, 2, 7, 8]);
  const message = once(peer, 'message');
  bench.aim(3, [10, 0, 2, 2], from);
  bench.send(3, counting(1472));
  const [bytes, sender] = (await message) as [Buffer, dgram.RemoteInfo];
  assert.deepEqual([...bytes], counting(1472));
  assert.equal(sender.port, port);
  peer.close();
  bench.order(3, 'CLOSE');
});

test('multicast on the loopback interface', async () => {
  const bench = new HostBench();
  const peer = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  peer.setMulticastInterface('127.0.0.1');
  bench.aim(3, [239, 255, 1, 2], 7000);
  bench.set(3, 'Sn_DHAR', 1, 0, 0x5e, 0x7f, 1, 2);
  bench.open(3, 'UDP', 7000, SnMr.MULTI);
  const port = await bench.port('udp', 7000);
  peer.send(Uint8Array.of(5), port, '239.255.1.2');
  await bench.until(() => bench.word(3, 'Sn_RX_RSR') > 0);
  assert.deepEqual(bench.receive(3).slice(6), [0, 1, 5]);
  peer.close();
  bench.order(3, 'CLOSE');
});

test('frames of MACRAW in datagrams; without a wire it is told', async () => {
  const peer = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  const bench = new HostBench({ wire: { here: 0, there: peer.address().port } });
  bench.open(0, 'MACRAW', 0);
  const here = await bench.port('wire', 0);
  const frame = [...Array<number>(6).fill(255), 2, 0, 0, 0, 0, 9, 8, 6, ...counting(46)];
  peer.send(Uint8Array.from(frame), here, '127.0.0.1');
  await bench.until(() => bench.word(0, 'Sn_RX_RSR') > 0);
  assert.deepEqual(bench.receive(0), [0, 62, ...frame]);
  const message = once(peer, 'message');
  bench.send(0, frame);
  assert.deepEqual([...((await message) as [Buffer])[0]], frame);
  peer.close();
  bench.order(0, 'CLOSE');
  const bare = new HostBench();
  bare.open(0, 'MACRAW', 0);
  assert.equal(bare.failures.length, 1);
});

test('a datagram to a port that this computer does not have raises UNREACH, if the chip is a host of its own', async () => {
  const [nobody, own] = await Promise.all(
    ['127.0.0.1', '127.0.0.2'].map(async (address) => {
      const socket = dgram.createSocket('udp4').bind(0, address);
      await once(socket, 'listening');
      const { port } = socket.address();
      socket.close();
      await once(socket, 'close');
      return port;
    }),
  );
  assert.ok(nobody !== undefined && own !== undefined);
  const bench = new HostBench({ self: '127.0.0.2' });
  bench.setCommon('SUBR', 255, 0, 0, 0);
  bench.setCommon('SIPR', 127, 0, 0, 2);
  bench.setCommon('IMR', IR.UNREACH);
  bench.open(3, 'UDP', own);
  const port = [nobody >> 8, nobody & 0xff];
  bench.set(3, 'Sn_DIPR', 127, 0, 0, 1, ...port);
  for (let times = 0; times < 2; times += 1) {
    bench.send(3, [1, 2, 3]);
    await bench.until(() => bench.chip.interruptPin === 0 && (bench.common('IR')[0] ?? 0) !== 0);
    // Chapter 4.1: bit 6 of IR, and where it was sent to in UIPR and UPORTR. It is no matter of the socket's.
    assert.deepEqual(bench.common('IR'), [IR.UNREACH]);
    assert.deepEqual(bench.common('UIPR', 6), [127, 0, 0, 1, ...port]);
    assert.equal(bench.byte(3, 'Sn_IR'), SnIr.SENDOK);
    assert.equal(bench.status(3), Status.UDP);
    bench.set(3, 'Sn_IR', SnIr.SENDOK);
    bench.setCommon('IR', IR.UNREACH);
    assert.deepEqual(bench.common('IR'), [0]);
    assert.equal(bench.chip.interruptPin, 1);
  }
  bench.order(3, 'CLOSE');
  assert.deepEqual(bench.failures, []);
});
