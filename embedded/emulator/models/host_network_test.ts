// Ports of this computer that somebody else has already.

import assert from 'node:assert/strict';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { HostNetwork } from './host_network';

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
