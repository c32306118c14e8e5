// UDP by the commands 70 to 7F (main/CommandHandler.cpp; lwIP).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, big, counting, little, little32, PEER, SECOND } from './bench';

const TO = [[10, 0, 2, 2], big(PEER.port)] as const;

const bound = (bench: Bench, port = 5000): number => {
  const socket = bench.socket('udp');
  assert.equal(bench.byte('BIND', socket, big(port)), 1);
  return socket;
};

const arrive = (bench: Bench, bytes: readonly number[], from = PEER as { address: string; port: number }): void => {
  bench.network.bound.at(-1)!.events.datagram(from, Uint8Array.from(bytes), 'unicast');
};

test('a datagram comes with its sender, whole', () => {
  const bench = new Bench().joined();
  const socket = bound(bench);
  assert.deepEqual([bench.network.bound[0]?.port, bench.network.bound[0]?.group], [5000, undefined]);
  assert.equal(bench.byte('POLL', socket), 2);
  arrive(bench, [1, 2, 3]);
  arrive(bench, []);
  assert.equal(bench.byte('POLL', socket), 3);
  assert.deepEqual(bench.ask('IOCTL', socket, little32(0x4004667f), little32(0)), [little32(3)]);
  assert.deepEqual(bench.ask('RECVFROM', socket, little(100)), [[10, 0, 2, 2], little(PEER.port), [1, 2, 3]]);
  assert.deepEqual(bench.ask('RECVFROM', socket, little(100)), [[10, 0, 2, 2], little(PEER.port), []]);
  assert.equal(bench.errno, 0);
  assert.deepEqual(bench.ask('RECVFROM', socket, little(100))[2], []);
  assert.equal(bench.errno, 11);
});

test('what does not fit is lost, and the next datagram is the next', () => {
  const bench = new Bench().joined();
  const socket = bound(bench);
  arrive(bench, counting(100));
  arrive(bench, [9]);
  assert.deepEqual(bench.ask('RECVFROM', socket, little(10))[2], counting(10));
  assert.deepEqual(bench.recv(socket), [9]);
});

test('six datagrams wait, the seventh is lost; so is one that comes in fragments', () => {
  const bench = new Bench().joined();
  const socket = bound(bench);
  for (let number = 0; number < 7; number += 1) arrive(bench, [number]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(() => bench.recv(socket)[0]), [0, 1, 2, 3, 4, 5]);
  assert.equal(bench.byte('POLL', socket), 2);
  arrive(bench, counting(1473));
  assert.equal(bench.byte('POLL', socket), 2);
  arrive(bench, counting(1472));
  assert.deepEqual(bench.recv(socket), counting(1472));
});

test('SENDTO, from a port of its own if it was not bound', () => {
  const bench = new Bench().joined();
  const socket = bench.socket('udp');
  assert.deepEqual(bench.ask('SENDTO', [socket], ...TO, counting(1472)), [big(1472)]);
  assert.deepEqual(bench.network.sent.map(({ to, bytes }) => ({ to, bytes })), [{ to: PEER, bytes: counting(1472) }]);
  assert.ok(bench.network.bound[0]!.port >= 49152);
  arrive(bench, [5]);
  assert.deepEqual(bench.recv(socket), [5]);
  bench.ask('SENDTO', [socket], ...TO, []);
  assert.deepEqual(bench.network.sent[1]?.bytes, []);
});

test('connected, it hears its peer only, and SEND goes there', () => {
  const bench = new Bench().joined();
  const socket = bound(bench);
  assert.deepEqual(bench.ask('SEND', [socket], [1]), [[0, 0]]);
  assert.equal(bench.errno, 121);
  assert.equal(bench.byte('CONNECT', socket, ...TO), 1);
  arrive(bench, [1], { address: '10.0.2.2', port: 1 });
  arrive(bench, [2], { address: '10.0.2.9', port: PEER.port });
  arrive(bench, [3]);
  assert.deepEqual(bench.recv(socket), [3]);
  assert.deepEqual(bench.ask('SEND', [socket], [7, 8]), [[0, 2]]);
  assert.deepEqual(bench.network.sent.map((each) => each.to), [PEER]);
});

test('RECVFROM that waits', () => {
  const bench = new Bench().joined();
  const socket = bound(bench);
  bench.ask('IOCTL', socket, little32(0x8004667e), little32(0));
  bench.send('RECVFROM', socket, little(9));
  bench.clock.advance(3600 * SECOND);
  assert.ok(!bench.answered);
  arrive(bench, [4]);
  assert.deepEqual(bench.answer('RECVFROM', true)[2], [4]);
});

test('one port, one socket: EADDRINUSE, unless both share it', () => {
  const bench = new Bench().joined();
  bound(bench);
  const second = bench.socket('udp');
  assert.equal(bench.byte('BIND', second, big(5000)), 0);
  assert.equal(bench.errno, 112);
  const sharing = [0, 1].map(() => {
    const socket = bench.socket('udp');
    bench.ask('SETSOCKOPT', socket, little32(4), little32(1));
    return bench.byte('BIND', socket, big(6000));
  });
  assert.deepEqual(sharing, [1, 1]);
});

test('of two at a port the last gets what is for one, and both what is for a group that anybody has joined', () => {
  const bench = new Bench().joined();
  const sharing = [0, 1].map(() => {
    const socket = bench.socket('udp');
    bench.ask('SETSOCKOPT', socket, little32(4), little32(1));
    bench.ask('BIND', socket, big(6000));
    return socket;
  });
  const alone = bound(bench, 6001);
  const received = (): (number | undefined)[] => [...sharing, alone].map((each) => bench.recv(each)[0]);
  const at = (port: number, group?: string) =>
    bench.network.bound.find((each) => each.open && each.port === port && each.group === group);
  const to = (port: number, byte: number, group?: string): void =>
    at(port, group)!.events.datagram(PEER, Uint8Array.of(byte), group === undefined ? 'unicast' : 'multicast');
  to(6000, 1);
  assert.deepEqual(received(), [undefined, 1, undefined]);
  assert.equal(at(6000, '239.1.2.3'), undefined);
  assert.equal(bench.byte('START_SERVER_TCP', [239, 1, 2, 3], big(7000), 1, 3), 1);
  to(6000, 2, '239.1.2.3');
  to(6001, 3, '239.1.2.3');
  assert.deepEqual(received(), [2, 2, 3]);
  bench.ask('STOP_CLIENT_TCP', 1);
  assert.equal(at(6000, '239.1.2.3'), undefined);
  assert.ok(at(6000));
});

test('CLOSE', () => {
  const bench = new Bench().joined();
  bench.ask('CLOSE', bound(bench));
  assert.equal(bench.network.bound[0]?.open, false);
});

test('the Wi-Fi is lost: bound to any address it stays, connected it is closed', () => {
  const bench = new Bench().joined();
  const any = bound(bench);
  const connected = bound(bench, 5001);
  bench.ask('CONNECT', connected, ...TO);
  bench.nina.station.drop(200);
  assert.deepEqual([bench.byte('POLL', any), bench.byte('POLL', connected)], [2, 0x87]);
  assert.deepEqual(bench.ask('SENDTO', [any], ...TO, [1]), [[0, 0]]);
  assert.equal(bench.errno, 118);
  assert.equal(bench.network.sent.length, 0);
});

test('none of TCP: LISTEN and ACCEPT', () => {
  const bench = new Bench().joined();
  const socket = bound(bench);
  assert.equal(bench.byte('LISTEN', socket, 1), 0);
  assert.equal(bench.errno, 95);
  assert.equal(bench.byte('ACCEPT', socket), 0xff);
});
