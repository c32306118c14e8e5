// Faults on order, each so many times and no more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '../models/serve';
import { Bench, big, framed, little32, PEER, SECOND } from './bench';
import { TIMES } from './air';
import { BOOT } from './nina';
import { panel } from './panel';

const zeros = (length: number): number[] => Array<number>(length).fill(0);

test('junk: so many bytes of an answer are read wrong, the same ones for the same seed', () => {
  const read = (seed: number): number[] => {
    const bench = new Bench({ seed }).booted();
    bench.nina.faults.junkBytes = 2;
    bench.send('GET_CONN_STATUS');
    const bytes = bench.exchange(zeros(8));
    assert.notEqual(bytes[0], 0xe0);
    assert.notEqual(bytes[1], 0xa0);
    assert.deepEqual(bytes.slice(2), [1, 1, 0xfe, 0xee, 0, 0]);
    assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
    return bytes;
  };
  assert.deepEqual(read(5), read(5));
  assert.notDeepEqual(read(5), read(6));
});

test('junk before an answer, which is whole behind it', () => {
  const bench = new Bench().booted();
  bench.nina.faults.junkBefore = 3;
  bench.send('GET_CONN_STATUS');
  const bytes = bench.exchange(zeros(11));
  assert.ok(bytes.slice(0, 3).every((each) => each !== 0xe0));
  assert.deepEqual(bytes.slice(3), [0xe0, 0xa0, 1, 1, 0xfe, 0xee, 0, 0]);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('junk in a command: it is refused', () => {
  const bench = new Bench().booted();
  bench.nina.faults.junkSent = 1;
  bench.send('GET_CONN_STATUS');
  assert.deepEqual(bench.exchange(zeros(4)), [0xef, 0, 0xee, 0]);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('deaf: READY does not rise with the fall of CS, and nothing is heard', () => {
  const bench = new Bench().booted();
  bench.nina.faults.deafSelects = 1;
  bench.nina.select();
  assert.equal(bench.nina.readyPin, 0);
  assert.deepEqual(framed(0x20, []).map((each) => bench.nina.transfer(each)), zeros(4));
  bench.nina.deselect();
  assert.equal(bench.nina.readyPin, 0);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('READY never falls again, until RESET', () => {
  const bench = new Bench().booted();
  bench.nina.faults.hangAfter = 2;
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
  bench.send('GET_CONN_STATUS');
  bench.clock.advance(3600 * SECOND);
  assert.equal(bench.nina.readyPin, 1);
  bench.nina.resetPin = 0;
  bench.nina.resetPin = 1;
  bench.booted();
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('a reset in mid-transfer: READY is high, the rest is 0, all is forgotten, and it boots', () => {
  const bench = new Bench().joined();
  const { peer } = bench.connected();
  bench.send('GET_FW_VERSION');
  bench.nina.faults.resetAfter = 3;
  assert.deepEqual(bench.exchange(zeros(8)), [0xe0, 0xb7, 6, ...zeros(5)].map((each, at) => (at === 2 ? 1 : each)));
  assert.equal(bench.nina.readyPin, 1);
  assert.equal(peer.abandoned, true);
  assert.equal(peer.finishReceived, false);
  bench.clock.advance(BOOT);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('a reset while a command waits: its answer never comes', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  const socket = bench.byte('SOCKET', 1, 0);
  bench.send('CONNECT', socket, [10, 0, 2, 2], [0, 80]);
  bench.clock.advance(1000);
  bench.nina.resetPin = 0;
  bench.nina.resetPin = 1;
  bench.network.connections[0]!.establish();
  bench.booted();
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
  bench.clock.advance(100);
  assert.equal(bench.clock.pending, 0);
});

test('a reset in a scan: it boots as long as ever, and answers nothing that was asked before', () => {
  const bench = new Bench().booted();
  bench.send('SCAN_NETWORKS');
  bench.clock.advance(TIMES.scan - 1000);
  bench.nina.resetPin = 0;
  bench.nina.resetPin = 1;
  bench.clock.advance(BOOT - 1);
  assert.equal(bench.nina.readyPin, 1);
  bench.clock.advance(SECOND);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

/** Orders of the program's lines. */
const ordering = (bench: Bench) => {
  const answers: string[] = [];
  const session = new Session(panel(bench.nina), (line) => answers.push(line));
  return (line: string): string | undefined => {
    session.receive(`${line}\n`);
    return answers.pop();
  };
};

test('a command that fails by order does nothing, and is well thereafter: POLL, as it is by itself', () => {
  const bench = new Bench().joined();
  const socket = bench.socket('udp');
  assert.equal(ordering(bench)('fault failed-POLL 1 0 9'), 'ok');
  assert.equal(bench.byte('POLL', socket), 0x87);
  assert.equal(bench.errno, 9);
  assert.equal(bench.byte('POLL', socket), 2);
});

test('a command that fails by order, so many times after so many, and no other one', () => {
  const bench = new Bench().joined();
  const order = ordering(bench);
  const { descriptor, peer } = bench.connected();
  assert.equal(order('fault failed-SEND 2 1 12'), 'ok');
  assert.equal(bench.sent(descriptor, [1, 2]), 2);
  assert.equal(bench.sent(descriptor, [3]), 0);
  assert.equal(bench.errno, 12);
  assert.equal(bench.byte('POLL', descriptor), 2);
  assert.equal(bench.sent(descriptor, [4]), 0);
  assert.equal(bench.sent(descriptor, [5]), 1);
  assert.deepEqual(peer.received, [1, 2, 5]);
  order('fault failed-SEND 9');
  assert.equal(bench.sent(descriptor, [6]), 0);
  assert.equal(bench.errno, 5);
  order('fault failed-SEND 0');
  assert.equal(bench.sent(descriptor, [7]), 1);
});

test('what fails by order answers as it does by itself', () => {
  const bench = new Bench().joined();
  const order = ordering(bench);
  order('fault failed-SOCKET 1 0 23');
  assert.equal(bench.byte('SOCKET', 1, 0), 0xff);
  const socket = bench.byte('SOCKET', 1, 0);
  order('fault failed-IOCTL 1 0 5');
  assert.deepEqual(bench.ask('IOCTL', socket, little32(0x8004667e), little32(1)), [[]]);
  order('fault failed-BIND 1 0 112');
  assert.deepEqual(bench.ask('BIND', socket, big(5000)), [[0]]);
  assert.equal(bench.errno, 112);
  assert.deepEqual(bench.ask('BIND', socket, big(5000)), [[1]]);
  order('fault failed-GET_SOCKET 1');
  assert.deepEqual(bench.ask('GET_SOCKET'), [[0xff]]);
  order('fault failed-START_SERVER_TCP 1 0 112');
  assert.deepEqual(bench.ask('START_SERVER_TCP', big(6000), 0, 0), [[0]]);
  assert.equal(bench.errno, 112);
  order('fault failed-START_CLIENT_TCP 1');
  assert.deepEqual(bench.ask('START_CLIENT_TCP', [10, 0, 2, 2], big(80), 0, 0), []);
});

test('a command that is refused by order', () => {
  const bench = new Bench().joined();
  const order = ordering(bench);
  const socket = bench.socket('udp');
  order('fault refused-POLL 2 1');
  assert.equal(bench.byte('POLL', socket), 2);
  for (let times = 0; times < 2; times += 1) {
    bench.send('POLL', socket);
    assert.deepEqual(bench.exchange(zeros(4)), [0xef, 0, 0xee, 0]);
  }
  assert.equal(bench.byte('POLL', socket), 2);
  assert.deepEqual(bench.nina.violations, []);
});

test('no such order', () => {
  const order = ordering(new Bench());
  assert.equal(order('fault failed-ERRNO 1'), 'error: no fault "failed-ERRNO"');
  assert.equal(order('fault failed-SEND'), 'error: how many?');
  assert.equal(order('fault failed-SEND 1 x'), 'error: how many?');
});

test('the Wi-Fi may go in mid-connect', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  const socket = bench.byte('SOCKET', 1, 0);
  bench.send('CONNECT', socket, [10, 0, 2, 2], [0, 80]);
  bench.clock.advance(1000);
  bench.nina.station.drop(200);
  assert.deepEqual(bench.answer('CONNECT'), [[0]]);
  assert.equal(bench.byte('POLL', socket), 0x87);
  assert.equal(bench.network.syn(80, PEER), undefined);
});
