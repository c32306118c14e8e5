import assert from 'node:assert/strict';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import * as net from 'node:net';
import { test } from 'node:test';
import { nameServer } from './host_names';
import { HostNetwork } from './host_network';
import type { Endpoint } from './network';

const OWN = '10.0.2.3';

test('the first server that this computer asks, with its port', () => {
  assert.deepEqual(nameServer(['192.0.2.1', '::1']), { address: '192.0.2.1', port: 53 });
  assert.deepEqual(nameServer(['192.0.2.1:5353']), { address: '192.0.2.1', port: 5353 });
  assert.deepEqual(nameServer(['::1']), { address: '::1', port: 53 });
  assert.deepEqual(nameServer(['[::1]:5353']), { address: '::1', port: 5353 });
  assert.equal(nameServer([]), undefined);
});

for (const family of ['udp4', 'udp6'] as const) {
  test(`a question of ${family} and its answer`, async () => {
    const server = dgram.createSocket(family);
    server.bind(0, family === 'udp4' ? '127.0.0.1' : '::1');
    await once(server, 'listening');
    server.on('message', (bytes, from) => server.send(bytes.reverse(), from.port, from.address));
    const network = new HostNetwork({ port: () => 0, names: { own: OWN, server: server.address() } });
    const answers: [Endpoint, number[]][] = [];
    await new Promise<void>((resolve) => {
      const datagram = (from: Endpoint, bytes: Uint8Array): void => {
        answers.push([from, [...bytes]]);
        if (answers.length === 2) resolve();
      };
      const socket = network.bind(50000, undefined, { datagram, unreachable: () => {} });
      for (const [first, port] of [[1, 53], [3, 54], [5, 53]] as const) {
        socket.send({ address: OWN, port }, Uint8Array.of(first, first + 1), new Uint8Array(6));
      }
      server.once('close', () => socket.close());
    });
    server.close();
    const from = { address: OWN, port: 53 };
    answers.sort();
    assert.deepEqual(answers, [[from, [2, 1]], [from, [6, 5]]]);
  });
}

test('a question that is not answered keeps nobody', async () => {
  const server = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const network = new HostNetwork({ port: () => 0, names: { own: OWN, server: server.address() } });
  const asked = once(server, 'message');
  const socket = network.bind(50000, undefined, { datagram: () => assert.fail(), unreachable: () => {} });
  socket.send({ address: OWN, port: 53 }, Uint8Array.of(1), new Uint8Array(6));
  const [, from] = (await asked) as [Buffer, dgram.RemoteInfo];
  socket.close();
  server.send('late', from.port, from.address);
  server.close();
  await once(server, 'close');
});

test('it is there for ARP, and over TCP', async () => {
  const server = net.createServer((peer) => peer.on('error', () => {}).end('answer')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address() as net.AddressInfo;
  const network = new HostNetwork({ names: { own: OWN, server: { address: place.address, port: place.port } } });
  let found = 0;
  for (const address of [OWN, '10.0.2.4']) network.arp(address, () => (found += 1));
  assert.equal(found, 1);
  const connection = network.connect(50000, { address: OWN, port: 53 });
  const text = await new Promise<string>((resolve) => {
    let all = '';
    connection.start({
      established: () => {},
      readable: () => (all += Buffer.from(connection.read(100)).toString()),
      finished: () => resolve(all),
      finishAcknowledged: () => {},
      reset: () => resolve('reset'),
    });
  });
  assert.equal(text, 'answer');
  connection.abandon();
  server.close();
});
