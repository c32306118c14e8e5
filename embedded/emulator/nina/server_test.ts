// LISTEN and ACCEPT by the commands 73 to 75, and the ports of connections that have ended (main/CommandHandler.cpp;
// api_msg.c and tcp.c of lwIP).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, big, little, little32, PEER, SECOND } from './bench';
import { TIME_WAIT } from './tcp';

const RD = 1;
const WR = 2;
const TO = [[10, 0, 2, 2], big(PEER.port)] as const;

test('a server: readable when somebody comes, who has an address; then EAGAIN', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  assert.equal(bench.byte('POLL', server), 0);
  assert.deepEqual(bench.ask('ACCEPT', server)[0], [0xff]);
  assert.equal(bench.errno, 11);
  const peer = bench.network.syn(5000, PEER)!;
  assert.equal(bench.byte('POLL', server), RD);
  const [[descriptor = 0] = [], address, port] = bench.ask('ACCEPT', server);
  assert.deepEqual([address, port], [[10, 0, 2, 2], little(PEER.port)]);
  assert.equal(bench.byte('POLL', server), 0);
  assert.equal(bench.byte('POLL', descriptor), WR);
  peer.deliver(1);
  assert.deepEqual(bench.recv(descriptor), [1]);
  // It waits, as it has not been told otherwise.
  bench.send('RECV', descriptor, little(1));
  assert.ok(!bench.answered);
});

test('ACCEPT that waits blocks all', () => {
  const bench = new Bench().joined();
  const server = bench.byte('SOCKET', 1, 0);
  bench.ask('BIND', server, big(5000));
  bench.ask('LISTEN', server, 1);
  bench.send('ACCEPT', server);
  bench.clock.advance(3600 * SECOND);
  assert.ok(!bench.answered);
  bench.network.syn(5000, PEER);
  assert.equal(bench.answer('ACCEPT')[0]?.[0], 59);
});

test('backlog: beyond it a SYN waits until one is accepted', () => {
  const bench = new Bench().joined();
  const server = bench.server(5000, 2);
  const peers = [1, 2, 3, 4].map((port) => bench.network.syn(5000, { ...PEER, port })!);
  assert.deepEqual(peers.map((each) => each.started), [true, true, false, false]);
  const ports = [0, 1, 2].map(() => bench.ask('ACCEPT', server)[2]);
  assert.deepEqual(ports, [little(1), little(2), little(3)]);
  assert.deepEqual(peers.map((each) => each.started), [true, true, true, true]);
});

test('a connection that breaks off before it is one leaves its place in the backlog', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  const server = bench.server(5000, 1);
  const first = bench.network.syn(5000, PEER)!;
  const second = bench.network.syn(5000, PEER)!;
  assert.equal(second.started, false);
  first.reset();
  assert.equal(second.started, true);
  second.establish();
  assert.equal(bench.byte('POLL', server), RD);
});

test('ACCEPT without a descriptor left drops who came: ENFILE', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  for (let left = 5; left > 0; left -= 1) bench.socket('udp');
  const peer = bench.network.syn(5000, PEER)!;
  assert.equal(bench.byte('ACCEPT', server), 0xff);
  assert.equal(bench.errno, 23);
  assert.equal(peer.abandoned, true);
});

test('CLOSE of a server: who was not accepted is reset, and nobody comes', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  const peer = bench.network.syn(5000, PEER)!;
  bench.ask('CLOSE', server);
  assert.equal(peer.abandoned, true);
  assert.equal(bench.network.syn(5000, PEER), undefined);
  assert.equal(bench.network.listening, 0);
});

test('one port, one server: EADDRINUSE, by BIND or, where both share, by LISTEN', () => {
  const bench = new Bench().joined();
  const sharing = [0, 1].map(() => {
    const socket = bench.socket('tcp');
    bench.ask('SETSOCKOPT', socket, little32(4), little32(1));
    return [bench.byte('BIND', socket, big(5000)), bench.byte('LISTEN', socket, 2), bench.errno];
  });
  assert.deepEqual(sharing, [[1, 1, 0], [1, 0, 112]]);
  const third = bench.socket('tcp');
  assert.equal(bench.byte('BIND', third, big(5000)), 0);
  assert.equal(bench.errno, 112);
  assert.equal(bench.byte('BIND', bench.socket('udp'), big(5000)), 1);
});

test('who closes first keeps the port for two minutes, unless it is to be used again', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  const peer = bench.network.syn(5000, PEER)!;
  const descriptor = bench.byte('ACCEPT', server);
  bench.ask('CLOSE', descriptor);
  peer.end();
  bench.ask('CLOSE', server);
  const next = bench.socket('tcp');
  assert.equal(bench.byte('BIND', next, big(5000)), 0);
  assert.equal(bench.errno, 112);
  assert.equal(bench.byte('SETSOCKOPT', next, little32(4), little32(1)), 1);
  assert.equal(bench.byte('BIND', next, big(5000)), 1);
  bench.ask('CLOSE', next);
  bench.clock.advance(TIME_WAIT);
  assert.equal(bench.byte('BIND', bench.socket('tcp'), big(5000)), 1);
});

test('who closes while the peer goes on has the port until that ends too', () => {
  const bench = new Bench().joined();
  const descriptor = bench.socket('tcp');
  bench.byte('BIND', descriptor, big(50000));
  bench.ask('CONNECT', descriptor, [10, 0, 2, 2], big(PEER.port));
  assert.equal(bench.byte('POLL', descriptor), 2);
  bench.ask('CLOSE', descriptor);
  const next = bench.socket('tcp');
  assert.equal(bench.byte('BIND', next, big(50000)), 0);
  assert.equal(bench.errno, 112);
  // Both would have to share it.
  assert.equal(bench.byte('SETSOCKOPT', next, little32(4), little32(1)), 1);
  assert.equal(bench.byte('BIND', next, big(50000)), 0);
  bench.network.connections[0]!.reset();
  assert.equal(bench.byte('BIND', next, big(50000)), 1);
});

test('who was accepted shares the port as the server did', () => {
  const bench = new Bench().joined();
  const listen = (shares: boolean): number => {
    const server = bench.socket('tcp');
    if (shares) bench.ask('SETSOCKOPT', server, little32(4), little32(1));
    const bound = bench.byte('BIND', server, big(5000));
    if (bound === 1) bench.ask('LISTEN', server, 1);
    else bench.ask('CLOSE', server);
    return bound === 1 ? server : 0;
  };
  const first = listen(true);
  bench.network.syn(5000, PEER);
  const accepted = bench.byte('ACCEPT', first);
  bench.ask('CLOSE', first);
  assert.equal(listen(false), 0);
  const second = listen(true);
  assert.notEqual(second, 0);
  bench.ask('CLOSE', second);
  bench.ask('CLOSE', accepted);
});

test('sixteen ports are kept at most: the oldest is free again for the seventeenth', () => {
  const bench = new Bench().joined();
  for (let port = 6001; port <= 6017; port += 1) {
    const socket = bench.socket('tcp');
    bench.ask('BIND', socket, big(port));
    bench.ask('CONNECT', socket, ...TO);
    bench.ask('CLOSE', socket);
    bench.network.connections.at(-1)!.end();
  }
  assert.equal(bench.byte('BIND', bench.socket('tcp'), big(6001)), 1);
  assert.equal(bench.byte('BIND', bench.socket('tcp'), big(6002)), 0);
});

test('who closes second does not', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  const peer = bench.network.syn(5000, PEER)!;
  const descriptor = bench.byte('ACCEPT', server);
  peer.end();
  bench.ask('CLOSE', descriptor);
  bench.ask('CLOSE', server);
  assert.equal(bench.byte('BIND', bench.socket('tcp'), big(5000)), 1);
});

test('a thousand connections, one after the other, from a port each: no descriptor is lost, and no memory', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  for (let port = 1; port <= 1000; port += 1) {
    const peer = bench.network.syn(5000, { ...PEER, port })!;
    const descriptor = bench.byte('ACCEPT', server);
    assert.equal(descriptor, 59);
    peer.deliver(port & 0xff);
    assert.equal(bench.sent(descriptor, bench.recv(descriptor)), 1);
    assert.deepEqual(peer.received, [port & 0xff]);
    if (port % 2 === 0) peer.end();
    bench.ask('CLOSE', descriptor);
    if (port % 2 === 1) peer.end();
    assert.equal(peer.abandoned, true);
  }
  bench.clock.advance(100);
  assert.deepEqual([bench.nina.lwip.free, bench.clock.pending], [5, 0]);
  assert.deepEqual(bench.nina.violations, []);
});
