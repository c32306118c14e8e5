// Faults on order, each so many times and no more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, framed, PEER, SECOND } from './bench';
import { TIMES } from './air';
import { BOOT } from './nina';

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

test('a garbled POLL: 87 and EBADF, of a socket that is well', () => {
  const bench = new Bench().joined();
  const socket = bench.socket('udp');
  bench.nina.faults.garbledPolls = 1;
  assert.equal(bench.byte('POLL', socket), 0x87);
  assert.equal(bench.errno, 9);
  assert.equal(bench.byte('POLL', socket), 2);
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
