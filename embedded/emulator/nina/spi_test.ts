// SPI with READY, and the frames of commands and answers (components/SPIS/src/SPIS.cpp, main/sketch.ino.cpp, and handle
// of main/CommandHandler.cpp).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, framed, MILLISECOND, SECOND } from './bench';
import { BOOT, LATENCY } from './nina';

const VERSION = framed(0x37, []);
const zeros = (length: number): number[] => Array<number>(length).fill(0);
const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

test('READY is high until it has booted, and low when a command may come', () => {
  const bench = new Bench();
  bench.clock.advance(BOOT - 1);
  assert.deepEqual([bench.nina.readyPin, bench.ready], [1, []]);
  bench.clock.advance(1);
  assert.equal(bench.nina.readyPin, 0);
});

test('READY rises with the fall of CS, stays high while it works, and falls when the answer waits', () => {
  const bench = new Bench().booted();
  const { nina, clock } = bench;
  nina.select();
  assert.equal(nina.readyPin, 1);
  for (const each of VERSION) assert.equal(nina.transfer(each), 0);
  nina.deselect();
  assert.equal(nina.readyPin, 1);
  clock.advance(LATENCY - 1);
  assert.equal(nina.readyPin, 1);
  clock.advance(1);
  assert.equal(nina.readyPin, 0);
  nina.select();
  assert.equal(nina.readyPin, 1);
  assert.equal(hex(zeros(12).map(() => nina.transfer(0))), 'e0b70106332e322e3000ee00');
  nina.deselect();
  assert.equal(nina.readyPin, 1);
  clock.advance(LATENCY);
  assert.equal(nina.readyPin, 0);
  assert.deepEqual(nina.violations, []);
});

test('answers are padded to a multiple of 4, and beyond them is 0', () => {
  const bench = new Bench().booted();
  bench.send('GET_CONN_STATUS');
  assert.equal(hex(bench.exchange(zeros(12))), 'e0a00101feee000000000000');
});

test('the rest of an answer that is not read is gone', () => {
  const bench = new Bench().booted();
  bench.exchange(VERSION);
  assert.equal(hex(bench.exchange(zeros(3))), 'e0b701');
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('a command that comes while an answer waits is lost, and the answer comes meanwhile', () => {
  const bench = new Bench().booted();
  bench.send('GET_CONN_STATUS');
  assert.equal(hex(bench.exchange(VERSION)), 'e0a00101');
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('CS low without a clock is no command', () => {
  const bench = new Bench().booted();
  bench.exchange([]);
  bench.clock.advance(LATENCY);
  assert.equal(bench.nina.readyPin, 0);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('CS low before READY is low is noted, and what is clocked is lost', () => {
  const bench = new Bench().booted();
  bench.exchange(VERSION);
  bench.nina.select();
  assert.equal(hex(VERSION.map((each) => bench.nina.transfer(each))), '00000000');
  bench.nina.deselect();
  assert.equal(bench.nina.violations.length, 1);
  assert.equal(hex(bench.exchange(zeros(4))), 'e0b70106');
});

test('without CS nothing is heard', () => {
  const bench = new Bench().booted();
  for (const each of VERSION) bench.nina.transfer(each);
  bench.clock.advance(SECOND);
  assert.equal(bench.nina.readyPin, 0);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

for (const [what, bytes] of [
  ['no beginning', [0x00, 0x37, 0x00, 0xee]],
  ['no such command', [0xe0, 0x13, 0x00, 0xee]],
  ['a command beyond the table', [0xe0, 0xb7, 0x00, 0xee]],
  ['junk', [0xff, 0xff, 0xff, 0xff, 0xff]],
  ['less than a word, which the DMA does not store', [0xe0, 0x37, 0x00]],
] as const) {
  test(`${what}: refused, and the next one is taken`, () => {
    const bench = new Bench().booted();
    bench.exchange(bytes);
    assert.equal(hex(bench.exchange(zeros(4))), 'ef00ee00');
    assert.equal(bench.nina.violations.length, 1);
    assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
  });
}

test('of a command that is no multiple of 4 the rest does not arrive', () => {
  const bench = new Bench().booted();
  // SOCKET of type 1; without its padding the type would be there, and of type 2 it is cut off.
  bench.exchange([0xe0, 0x70, 0x02, 0x01, 0x02, 0x01, 0x00]);
  assert.equal(hex(bench.exchange(zeros(8))), 'e0f00101ffee0000');
  assert.equal(bench.errno, 22);
  assert.equal(bench.nina.violations.length, 1);
  bench.exchange([0xe0, 0x20, 0x00, 0xee, 0x00]);
  assert.equal(hex(bench.exchange(zeros(8))), 'e0a00101feee0000');
  assert.equal(bench.nina.violations.length, 2);
});

test('a command without its end, or with lengths beyond it, is obeyed and noted', () => {
  const bench = new Bench().booted();
  bench.exchange([0xe0, 0x20, 0x00, 0x00]);
  assert.equal(hex(bench.exchange(zeros(8))), 'e0a00101feee0000');
  bench.exchange([0xe0, 0x20, 0x01, 0x40, 0x00, 0xee, 0x00, 0x00]);
  assert.equal(hex(bench.exchange(zeros(8))), 'e0a00101feee0000');
  assert.equal(bench.nina.violations.length, 2);
});

test('RESET: READY is high at once, and low after the boot; nothing is left of before', () => {
  const bench = new Bench().joined();
  const descriptor = bench.socket('udp');
  bench.send('GET_CONN_STATUS');
  bench.nina.resetPin = 0;
  assert.deepEqual([bench.nina.readyPin, bench.nina.resetPin], [1, 0]);
  bench.clock.advance(10 * SECOND);
  assert.equal(bench.nina.readyPin, 1);
  bench.nina.resetPin = 1;
  bench.clock.advance(BOOT - 1);
  assert.equal(bench.nina.readyPin, 1);
  bench.clock.advance(1);
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
  assert.equal(bench.byte('POLL', descriptor), 0x87);
  assert.deepEqual(bench.ask('GET_IPADDR', 0xff), [zeros(4), zeros(4), zeros(4)]);
});

test('GPIO0 low at the end of RESET is the boot loader: no command is ever taken', () => {
  const bench = new Bench().booted();
  bench.nina.resetPin = 0;
  bench.nina.bootPin = 0;
  bench.nina.resetPin = 1;
  bench.clock.advance(60 * SECOND);
  assert.equal(bench.nina.readyPin, 1);
  assert.equal(bench.nina.violations.length, 1);
  bench.nina.resetPin = 0;
  bench.nina.bootPin = 1;
  bench.clock.advance(10 * MILLISECOND);
  bench.nina.resetPin = 1;
  bench.booted();
  assert.equal(bench.byte('GET_CONN_STATUS'), 0xfe);
});

test('GPIO0 is high from RESET to the end of the boot, then low', () => {
  const bench = new Bench();
  assert.equal(bench.nina.gpio0Pin, 1);
  bench.booted();
  assert.equal(bench.nina.gpio0Pin, 0);
  bench.nina.resetPin = 0;
  assert.deepEqual(bench.interrupts, [0, 1]);
});
