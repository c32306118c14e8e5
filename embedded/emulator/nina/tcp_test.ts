// Data over TCP by the commands 70 to 7F, and its end: lwIP's sockets, without waiting and with it
// (main/CommandHandler.cpp; api_msg.c and sockets.c of lwIP).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, counting, little, little32, MILLISECOND, PEER, SECOND } from './bench';
import { SEND_BUFFER, WINDOW } from './tcp';

const RD = 1;
const WR = 2;
const ERR = 4;

test('data both ways, more than one command carries', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  const all = counting(20_000);
  const received: number[] = [];
  peer.deliver(...all);
  for (let at = 0; at < all.length; at += 2000) {
    assert.equal(bench.sent(descriptor, all.slice(at, at + 2000)), 2000);
    assert.equal(bench.byte('POLL', descriptor), RD | WR);
    const bytes = bench.recv(descriptor, 2000);
    assert.equal(bytes.length, 2000);
    received.push(...bytes);
  }
  assert.deepEqual(received, all);
  assert.deepEqual(peer.received, all);
  assert.equal(bench.byte('POLL', descriptor), WR);
  assert.deepEqual(bench.recv(descriptor), []);
  assert.equal(bench.errno, 11);
  assert.deepEqual(bench.nina.violations, []);
});

test('the window: what is not read stays with the peer', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.deliver(...counting(WINDOW + 1000));
  assert.equal(peer.waiting, 1000);
  assert.deepEqual(bench.ask('IOCTL', descriptor, little32(0x4004667f), little32(0)), [little32(WINDOW)]);
  bench.recv(descriptor, 600);
  assert.equal(peer.waiting, 400);
});

test('RECV gives no more than the buffer holds', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.deliver(...counting(WINDOW));
  assert.equal(bench.recv(descriptor, 0xffff).length, 4076);
  assert.equal(bench.recv(descriptor, 0xffff).length, WINDOW - 4076);
});

test('RECVFROM does not know what the buffer holds, and is the end of it', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.deliver(...counting(WINDOW));
  const [address, port, bytes] = bench.ask('RECVFROM', descriptor, little(100));
  assert.deepEqual([address, port, bytes], [[10, 0, 2, 2], little(PEER.port), counting(100)]);
  bench.send('RECVFROM', descriptor, little(5000));
  bench.clock.advance(100);
  assert.equal(bench.nina.readyPin, 1);
  assert.match(bench.nina.violations[0] ?? '', /^crash: 7A RECVFROM/);
});

test('the send buffer: SEND takes what has room, then nothing, with EAGAIN', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.answers = false;
  assert.equal(bench.sent(descriptor, counting(4000)), 4000);
  assert.equal(bench.byte('POLL', descriptor), 0);
  assert.equal(bench.sent(descriptor, counting(4000)), SEND_BUFFER - 4000);
  assert.equal(bench.sent(descriptor, counting(4000)), 0);
  assert.equal(bench.errno, 11);
  assert.equal(peer.received.length, SEND_BUFFER);
  peer.acknowledge(1);
  assert.equal(bench.byte('POLL', descriptor), WR);
  assert.equal(bench.sent(descriptor, counting(4000)), 4000);
});

test('SEND that waits takes all', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.ask('IOCTL', descriptor, little32(0x8004667e), little32(0));
  peer.answers = false;
  bench.sent(descriptor, counting(4000));
  bench.send('SEND', [descriptor], counting(4000));
  bench.clock.advance(60 * SECOND);
  assert.ok(!bench.answered);
  peer.acknowledge();
  assert.deepEqual(bench.answer('SEND'), [[0x0f, 0xa0]]);
  assert.equal(peer.received.length, 8000);
});

test('RECV that waits, until there is something or for SO_RCVTIMEO', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.ask('IOCTL', descriptor, little32(0x8004667e), little32(0));
  bench.send('RECV', descriptor, little(10));
  bench.clock.advance(3600 * SECOND);
  assert.ok(!bench.answered);
  peer.deliver(7);
  assert.deepEqual(bench.answer('RECV', true), [[7]]);
  assert.equal(bench.byte('SETSOCKOPT', descriptor, little32(0x1006), [...little32(1), ...little32(500_000)]), 1);
  bench.send('RECV', descriptor, little(10));
  bench.clock.advance(1500 * MILLISECOND - MILLISECOND);
  assert.ok(!bench.answered);
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(bench.answer('RECV', true), [[]]);
  assert.equal(bench.errno, 11);
});

test('the end of what the peer sends: readable, nothing, and not EAGAIN; sending goes on', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.deliver(1, 2);
  peer.end();
  assert.deepEqual(bench.recv(descriptor), [1, 2]);
  for (let time = 0; time < 3; time += 1) {
    assert.equal(bench.byte('POLL', descriptor), RD | WR);
    assert.deepEqual(bench.recv(descriptor), []);
    assert.equal(bench.errno, 128);
  }
  assert.equal(bench.sent(descriptor, [3]), 1);
  assert.deepEqual(peer.received, [3]);
});

test('RST: what had come is read first, then ECONNRESET once, then ENOTCONN', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.deliver(1);
  peer.reset();
  assert.equal(bench.byte('POLL', descriptor), RD | WR | ERR);
  assert.deepEqual(bench.recv(descriptor), [1]);
  assert.deepEqual(bench.recv(descriptor), []);
  assert.equal(bench.errno, 104);
  assert.equal(bench.sent(descriptor, [1]), 0);
  assert.equal(bench.errno, 128);
  assert.equal(bench.byte('CLOSE', descriptor), 1);
});

test('CLOSE sends FIN after the data', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.sent(descriptor, [1, 2]);
  bench.ask('CLOSE', descriptor);
  assert.deepEqual([peer.received, peer.finishReceived, peer.abandoned], [[1, 2], true, false]);
  peer.end();
  assert.equal(peer.abandoned, true);
  bench.clock.advance(100);
  assert.equal(bench.clock.pending, 0);
});

test('data that come after CLOSE are answered by a reset', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.ask('CLOSE', descriptor);
  assert.deepEqual([peer.finishReceived, peer.abandoned], [true, false]);
  peer.deliver(1);
  assert.equal(peer.abandoned, true);
  bench.clock.advance(100);
  assert.equal(bench.clock.pending, 0);
});

test('CLOSE with data that nobody has read is a reset', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  peer.deliver(1);
  bench.ask('CLOSE', descriptor);
  assert.deepEqual([peer.finishReceived, peer.abandoned], [false, true]);
});

test('CLOSE whose FIN the peer never answers with its own is over after 20 seconds', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.ask('CLOSE', descriptor);
  bench.clock.advance(19 * SECOND);
  assert.equal(peer.abandoned, false);
  bench.clock.advance(SECOND);
  assert.equal(peer.abandoned, true);
});

test('options that lwIP has, and those that it has not at SOL_SOCKET', () => {
  const bench = new Bench().joined();
  const socket = bench.socket('tcp');
  for (const option of [0x04, 0x08, 0x20]) {
    assert.equal(bench.byte('SETSOCKOPT', socket, little32(option), little32(1)), 1);
  }
  assert.equal(bench.byte('SETSOCKOPT', socket, little32(0x0001), little32(1)), 0); // TCP_NODELAY
  assert.equal(bench.errno, 109);
  assert.equal(bench.byte('SETSOCKOPT', socket, little32(4), [1]), 0);
  assert.equal(bench.errno, 22);
  assert.deepEqual(bench.ask('GETSOCKOPT', socket, little32(0x1008), 4), [[1, 0, 0, 0]]);
  assert.deepEqual(bench.ask('GETSOCKOPT', socket, little32(0x1008), 1), [[]]);
});

test('the Wi-Fi is lost: what was connected is closed, what listens stays', () => {
  const bench = new Bench().joined();
  const server = bench.server();
  const { descriptor, peer } = bench.connected();
  bench.network.syn(5000, PEER);
  const accepted = bench.byte('ACCEPT', server);
  bench.nina.station.drop(200);
  assert.equal(bench.byte('POLL', descriptor), 0x87);
  assert.equal(bench.byte('POLL', accepted), 0x87);
  assert.equal(bench.byte('POLL', server), 0);
  assert.deepEqual([peer.finishReceived, peer.abandoned], [false, false]);
  bench.clock.advance(SECOND);
  assert.equal(bench.byte('GET_CONN_STATUS'), 3);
  bench.network.syn(5000, PEER);
  assert.equal(bench.byte('POLL', server), RD);
});

test('out of range nothing comes and nothing goes, and nobody is told', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.nina.air = false;
  peer.deliver(1);
  assert.equal(bench.sent(descriptor, [2]), 1);
  assert.deepEqual([bench.byte('POLL', descriptor), peer.received], [WR, []]);
  bench.nina.air = true;
  assert.deepEqual([bench.byte('POLL', descriptor), peer.received], [RD | WR, [2]]);
});
