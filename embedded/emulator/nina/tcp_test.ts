// TCP by the commands 70 to 7F: lwIP's sockets, without waiting and with it (main/CommandHandler.cpp; api_msg.c and
// sockets.c of lwIP).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, big, counting, little, little32, MILLISECOND, PEER, SECOND } from './bench';
import { CONNECT_TIMEOUT, SEND_BUFFER, TIME_WAIT, WINDOW } from './tcp';

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

test('CLOSE sends FIN after the data, and discards what still comes', () => {
  const bench = new Bench().joined();
  const { descriptor, peer } = bench.connected();
  bench.sent(descriptor, [1, 2]);
  bench.ask('CLOSE', descriptor);
  assert.deepEqual([peer.received, peer.finishReceived, peer.abandoned], [[1, 2], true, false]);
  peer.deliver(...counting(20_000));
  assert.equal(peer.waiting, 0);
  peer.end();
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
