// Ports of this computer that somebody else has already.

import assert from 'node:assert/strict';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import * as net from 'node:net';
import { test } from 'node:test';
import { HostNetwork } from './host_network';
import type { Connection, Datagrams, Endpoint } from './network';

/** A socket of this computer at a port that is free, from `first` on. */
async function taken(first: number): Promise<dgram.Socket> {
  for (let port = first; ; port += 1) {
    const socket = dgram.createSocket('udp4');
    const bound = once(socket, 'listening').then(() => true);
    socket.bind(port, '127.0.0.1');
    if (await bound.catch(() => false)) return socket;
  }
}

test('what was sent before a socket was closed has been sent, and who waits for it is told', async () => {
  const peer = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  const network = new HostNetwork({ port: () => 0 });
  const message = once(peer, 'message');
  const socket = network.bind(5000, undefined, { datagram: () => {}, unreachable: () => {} });
  socket.send({ address: '10.0.2.2', port: peer.address().port }, Uint8Array.of(7), new Uint8Array(6));
  socket.close();
  let left = false;
  const emptied = new Promise<void>((resolve) => {
    network.emptied(() => {
      left = true;
      resolve();
    });
  });
  assert.equal(left, false);
  const [bytes] = (await message) as [Buffer];
  assert.deepEqual([...bytes], [7]);
  await emptied;
  peer.close();
});

test('a port of UDP that is in use, chosen by somebody: it is told', async () => {
  const other = await taken(20000);
  const { port } = other.address();
  const reason = await new Promise<string>((resolve) => {
    const network = new HostNetwork({ failed: resolve });
    const socket = network.bind(port, undefined, { datagram: () => {}, unreachable: () => {} });
    other.once('close', () => socket.close());
  });
  assert.match(reason, /EADDRINUSE/);
  other.close();
});

test('one chosen by chance, as those from 49152 on are: another is as good, until it is free', async () => {
  const other = await taken(49152);
  const { port } = other.address();
  const peer = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  const to = { address: '10.0.2.2', port: peer.address().port };
  const told: number[] = [];
  const network = new HostNetwork({ opened: (_protocol, _chip, here) => told.push(here) });
  const send = async (): Promise<number> => {
    const socket = network.bind(port, undefined, { datagram: () => {}, unreachable: () => {} });
    const message = once(peer, 'message');
    socket.send(to, Uint8Array.of(1), new Uint8Array(6));
    const [, from] = (await message) as [Buffer, dgram.RemoteInfo];
    socket.close();
    return from.port;
  };
  assert.notEqual(await send(), port);
  assert.equal(told.length, 0);
  other.close();
  assert.equal(await send(), port);
  assert.deepEqual(told, [port]);
  peer.close();
});

const SELF = '127.0.0.2';
const UNUSED = new Uint8Array(6);

/** What a socket of a chip that is a host of its own hears. */
class Ears {
  readonly heard: [number, number][] = [];
  readonly refusals: Endpoint[] = [];
  readonly socket: Datagrams;
  private changed: () => void = () => {};

  constructor(network: HostNetwork, port: number) {
    this.socket = network.bind(port, undefined, {
      datagram: (from, bytes) => {
        this.heard.push([from.port, bytes[0] ?? 0]);
        this.changed();
      },
      unreachable: (to) => {
        this.refusals.push(to);
        this.changed();
      },
    });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.changed = resolve;
      });
    }
  }
}

async function bound(port = 0, address = '127.0.0.1'): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

/** A port of that address that nobody has. */
async function unused(address = '127.0.0.1'): Promise<number> {
  const socket = await bound(0, address);
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

test('a port that nobody has refuses a datagram, and who sent it is told, each time', async () => {
  const other = await bound();
  const to = { address: '127.0.0.1', port: await unused() };
  const there = { address: '127.0.0.1', port: other.address().port };
  const own = await unused(SELF);
  const ears = new Ears(new HostNetwork({ self: SELF }), own);
  for (let times = 1; times <= 3; times += 1) {
    ears.socket.send(to, Uint8Array.of(times), UNUSED);
    await ears.until(() => ears.refusals.length === times);
  }
  assert.deepEqual(ears.refusals, [to, to, to]);
  // It is an event: who comes to that port later hears, and is heard, and so are others.
  const later = await bound(to.port);
  const message = once(later, 'message');
  ears.socket.send(to, Uint8Array.of(4), UNUSED);
  const [bytes, from] = (await message) as [Buffer, dgram.RemoteInfo];
  assert.deepEqual([bytes[0], from.address, from.port], [4, SELF, own]);
  later.send(Uint8Array.of(5), own, SELF);
  await ears.until(() => ears.heard.length === 1);
  other.send(Uint8Array.of(6), own, SELF);
  await ears.until(() => ears.heard.length === 2);
  const arrived = once(other, 'message');
  ears.socket.send(there, Uint8Array.of(7), UNUSED);
  await arrived;
  assert.deepEqual(ears.heard, [[to.port, 5], [there.port, 6]]);
  assert.equal(ears.refusals.length, 3);
  ears.socket.close();
  later.close();
  other.close();
});

test('of a socket that is closed nobody hears, and its port is free', async () => {
  const to = { address: '127.0.0.1', port: await unused() };
  const own = await unused(SELF);
  const network = new HostNetwork({ self: SELF, failed: (what) => assert.fail(what) });
  const first = new Ears(network, own);
  first.socket.send(to, Uint8Array.of(1), UNUSED);
  first.socket.close();
  await new Promise<void>((resolve) => network.emptied(resolve));
  const second = new Ears(network, own);
  second.socket.send(to, Uint8Array.of(2), UNUSED);
  await second.until(() => second.refusals.length === 1);
  assert.deepEqual(first.refusals, []);
  second.socket.close();
});

test('a port of TCP that this computer does not let a client have is told', async () => {
  const server = net.createServer().listen(0, SELF);
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const failures: string[] = [];
  const network = new HostNetwork({ self: SELF, failed: (what) => failures.push(what) });
  const connection = network.connect(port, { address: '127.0.0.1', port });
  await new Promise<void>((reset) => {
    const none = (): void => {};
    connection.start({ established: none, readable: none, finished: none, finishAcknowledged: none, reset });
  });
  assert.equal(failures.length, 1);
  assert.match(failures[0] ?? '', new RegExp(`^tcp port ${port}: .*EADDRINUSE`));
  server.close();
});

test('a connection that this computer still has, and the chip no more, keeps nobody from connecting', async () => {
  const accepted: net.Socket[] = [];
  const server = net.createServer((socket) => void accepted.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const localPort = await unused(SELF);
  const before = net.connect({ port, host: '127.0.0.1', localAddress: SELF, localPort });
  await once(before, 'connect');
  if (accepted.length === 0) await once(server, 'connection');
  const network = new HostNetwork({ self: SELF, failed: (what) => assert.fail(what) });
  const connection = network.connect(localPort, { address: '127.0.0.1', port });
  const none = (): void => {};
  await new Promise<void>((established, reject) => {
    const reset = (): void => reject(new Error('reset'));
    connection.start({ established, readable: none, finished: none, finishAcknowledged: none, reset });
  });
  if (accepted.length === 1) await once(server, 'connection');
  const [, peer] = accepted;
  assert.ok(peer !== undefined);
  assert.equal(peer.remoteAddress, SELF);
  assert.notEqual(peer.remotePort, localPort);
  const heard = once(peer, 'data');
  connection.send(Uint8Array.of(7), none);
  const [bytes] = (await heard) as [Buffer];
  assert.deepEqual([...bytes], [7]);
  connection.abandon();
  before.destroy();
  peer.destroy();
  server.close();
});

test('an address that this computer has not is told, though another port is tried', async () => {
  const failures: string[] = [];
  const network = new HostNetwork({ self: '192.0.2.1', failed: (what) => failures.push(what) });
  const connection = network.connect(50000, { address: '127.0.0.1', port: 9 });
  await new Promise<void>((reset) => {
    const none = (): void => {};
    connection.start({ established: none, readable: none, finished: none, finishAcknowledged: none, reset });
  });
  assert.equal(failures.length, 1);
  assert.match(failures[0] ?? '', /^tcp port 50000: .*EADDRNOTAVAIL/);
});

test('a connection that its client resets before the chip begins is reset to the chip too', async () => {
  let here: (port: number) => void = () => {};
  const opened = new Promise<number>((resolve) => (here = resolve));
  const network = new HostNetwork({ port: () => 0, opened: (_protocol, _chip, port) => here(port) });
  const arrived = new Promise<Connection>((resolve) => network.listen(5000, resolve));
  const client = net.connect(await opened, '127.0.0.1');
  const connection = await arrived;
  client.resetAndDestroy();
  const isThere = (): boolean => {
    let there = false;
    connection.probe(() => (there = true));
    return there;
  };
  while (isThere()) await new Promise((resolve) => setImmediate(resolve));
  const events: string[] = [];
  await new Promise<void>((reset) => {
    const note = (event: string) => (): void => void events.push(event);
    connection.start({
      established: note('established'),
      readable: note('readable'),
      finished: note('finished'),
      finishAcknowledged: note('finishAcknowledged'),
      reset,
    });
  });
  assert.deepEqual(events, []);
});

test('a group that is none is told', async () => {
  let tell: (what: string) => void = () => {};
  const told = new Promise<string>((resolve) => (tell = resolve));
  const network = new HostNetwork({ failed: tell });
  const socket = network.bind(0, '0.0.0.0', { datagram: () => {}, unreachable: () => {} });
  assert.match(await told, /^udp port 0: .*EINVAL/);
  socket.close();
});
