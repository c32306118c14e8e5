// Descriptors, and CONNECT, by the commands 70 to 7F: lwIP's sockets, without waiting and with it
// (main/CommandHandler.cpp; api_msg.c and sockets.c of lwIP).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, big, little, little32, MILLISECOND, PEER, SECOND } from './bench';
import { CONNECT_TIMEOUT } from './tcp';

const RD = 1;
const WR = 2;
const ERR = 4;
const TO = [[10, 0, 2, 2], big(PEER.port)] as const;

test('six descriptors, from 58 on, and no seventh', () => {
  const bench = new Bench().booted();
  assert.deepEqual([1, 2, 1, 2, 1, 2].map((type) => bench.byte('SOCKET', type, 0)), [58, 59, 60, 61, 62, 63]);
  assert.equal(bench.byte('SOCKET', 1, 0), 0xff);
  assert.equal(bench.errno, 23);
  assert.equal(bench.byte('CLOSE', 60), 1);
  assert.equal(bench.byte('CLOSE', 60), 0);
  assert.equal(bench.errno, 9);
  assert.equal(bench.byte('SOCKET', 1, 0), 60);
  assert.equal(bench.errno, 0);
});

for (const wrong of [0, 57, 58, 64, 255]) {
  test(`descriptor ${wrong} is none: every command says so, and EBADF`, () => {
    const bench = new Bench().joined();
    const refused: [Parameters<Bench['ask']>, number[]][] = [
      [['CLOSE', wrong], [0]],
      [['BIND', wrong, big(1)], [0]],
      [['LISTEN', wrong, 1], [0]],
      [['ACCEPT', wrong], [0xff]],
      [['CONNECT', wrong, ...TO], [0]],
      [['SEND', [wrong], [1]], [0, 0]],
      [['RECV', wrong, little(9)], []],
      [['SENDTO', [wrong], ...TO, [1]], [0, 0]],
      [['IOCTL', wrong, little32(0x8004667e), little32(1)], []],
      [['POLL', wrong], [0x87]],
      [['SETSOCKOPT', wrong, little32(4), little32(1)], [0]],
      [['GETSOCKOPT', wrong, little32(0x1007), 4], []],
      [['GETPEERNAME', wrong], [0]],
    ];
    for (const [order, result] of refused) {
      assert.deepEqual(bench.ask(...order)[0], result, order[0]);
      assert.equal(bench.errno, 9, order[0]);
    }
    assert.deepEqual(bench.ask('RECVFROM', wrong, little(9))[2], []);
    assert.deepEqual(bench.nina.violations, []);
  });
}

test('CONNECT that does not wait: 0 and EINPROGRESS, then writable', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  const socket = bench.socket('tcp');
  assert.equal(bench.byte('POLL', socket), 0);
  assert.equal(bench.byte('CONNECT', socket, ...TO), 0);
  assert.equal(bench.errno, 119);
  assert.equal(bench.byte('POLL', socket), 0);
  assert.equal(bench.byte('CONNECT', socket, ...TO), 0);
  assert.equal(bench.errno, 120);
  bench.network.connections[0]!.establish();
  assert.equal(bench.byte('POLL', socket), WR);
  assert.deepEqual(bench.ask('GETSOCKOPT', socket, little32(0x1007), 4), [[0, 0, 0, 0]]);
  assert.equal(bench.byte('CONNECT', socket, ...TO), 0);
  assert.equal(bench.errno, 127);
  assert.deepEqual(bench.ask('GETPEERNAME', socket), [[1], [10, 0, 2, 2], little(PEER.port)]);
  assert.deepEqual(bench.network.connections[0]!.peer, PEER);
});

test('CONNECT that is refused: readable, writable, an error, which SO_ERROR tells once: ECONNRESET', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'refuse';
  const socket = bench.socket('tcp');
  assert.equal(bench.byte('CONNECT', socket, ...TO), 0);
  assert.equal(bench.byte('POLL', socket), RD | WR | ERR);
  assert.deepEqual(bench.ask('GETSOCKOPT', socket, little32(0x1007), 4), [[104, 0, 0, 0]]);
  assert.deepEqual(bench.ask('GETSOCKOPT', socket, little32(0x1007), 4), [[0, 0, 0, 0]]);
  assert.deepEqual(bench.recv(socket), []);
  assert.equal(bench.errno, 128);
});

test('CONNECT that nobody answers: ECONNABORTED after ten and a half seconds', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  const socket = bench.socket('tcp');
  bench.ask('CONNECT', socket, ...TO);
  bench.clock.advance(CONNECT_TIMEOUT - MILLISECOND);
  assert.equal(bench.byte('POLL', socket), 0);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.byte('POLL', socket), RD | WR | ERR);
  assert.deepEqual(bench.ask('GETSOCKOPT', socket, little32(0x1007), 4), [[113, 0, 0, 0]]);
  assert.equal(bench.network.connections[0]!.abandoned, true);
});

test('CONNECT that waits: no command is taken until it is decided', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  const socket = bench.byte('SOCKET', 1, 0);
  bench.send('CONNECT', socket, ...TO);
  bench.clock.advance(5 * SECOND);
  assert.ok(!bench.answered);
  bench.network.connections[0]!.establish();
  assert.deepEqual(bench.answer('CONNECT'), [[1]]);
  const other = bench.byte('SOCKET', 1, 0);
  bench.send('CONNECT', other, ...TO);
  bench.clock.advance(CONNECT_TIMEOUT + MILLISECOND);
  assert.deepEqual(bench.answer('CONNECT'), [[0]]);
  assert.equal(bench.errno, 113);
});

test('without Wi-Fi there is no way: EHOSTUNREACH', () => {
  const bench = new Bench().booted();
  assert.equal(bench.byte('CONNECT', bench.socket('tcp'), ...TO), 0);
  assert.equal(bench.errno, 118);
});
