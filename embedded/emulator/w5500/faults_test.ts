// Faults on order, each once and no more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, counting } from './bench';
import { PLL_LOCK } from './chip';
import { SnIr, Status } from './registers';
import { Block } from './spi';

test('a torn read has the upper byte of before: two equal reads in turn tell the truth', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 0);
  connection.deliver(...counting(0x105));
  bench.chip.faults.tornReads = 1;
  assert.deepEqual([0, 0, 0].map(() => bench.word(0, 'Sn_RX_RSR')), [0x0005, 0x0105, 0x0105]);
});

test('the free size is torn alike, and no other register', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  connection.answers = false;
  assert.equal(bench.word(0, 'Sn_TX_FSR'), 0x800);
  bench.send(0, [1]);
  bench.chip.faults.tornReads = 1;
  assert.equal(bench.word(0, 'Sn_TX_WR'), 1);
  assert.deepEqual([0, 0].map(() => bench.word(0, 'Sn_TX_FSR')), [0x8ff, 0x7ff]);
});

test('data that come between the two bytes tear a read without any fault', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  connection.deliver(...counting(0xff));
  bench.chip.select();
  for (const each of [0x00, 0x26, 0x08]) bench.chip.transfer(each);
  const high = bench.chip.transfer(0);
  connection.deliver(1);
  const low = bench.chip.transfer(0);
  bench.chip.deselect();
  assert.deepEqual([high, low], [0, 0]);
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 0x100);
});

test('a lost edge: INTn stays high until the next interrupt after all were cleared', () => {
  const bench = new Bench().configure();
  bench.setCommon('SIMR', 0xff);
  const connection = bench.connected(0);
  bench.chip.faults.loseEdges = 1;
  connection.deliver(1);
  connection.deliver(2);
  assert.equal(bench.chip.interruptPin, 1);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.RECV);
  bench.set(0, 'Sn_IR', 0xff);
  connection.deliver(3);
  assert.equal(bench.chip.interruptPin, 0);
});

test('junk: so many bytes are read wrong, the same ones for the same seed', () => {
  const read = (seed: number): number[] => {
    const bench = new Bench({ seed });
    bench.chip.faults.junkBytes = 3;
    const bytes = bench.common('RTR', 5);
    assert.deepEqual(bench.common('RTR', 5), [0x07, 0xd0, 0x08, 0x28, 0]);
    return bytes;
  };
  const bytes = read(5);
  [0x07, 0xd0, 0x08].forEach((each, index) => assert.notEqual(bytes[index], each));
  assert.deepEqual(bytes.slice(3), [0x28, 0]);
  assert.deepEqual(read(5), bytes);
  assert.notDeepEqual(read(6), bytes);
});

test('junk on its way to the chip: a byte of a header leads elsewhere, one of data is written as it came', () => {
  const bench = new Bench();
  bench.chip.faults.junkSent = 1;
  bench.setCommon('RCR', 3);
  assert.deepEqual(bench.common('RCR'), [8]);
  bench.chip.select();
  for (const each of [0x00, 0x1b, 0x04]) bench.chip.transfer(each);
  bench.chip.faults.junkSent = 1;
  for (const each of [3, 0x55]) bench.chip.transfer(each);
  bench.chip.deselect();
  assert.notEqual(bench.common('RCR')[0], 3);
  assert.deepEqual(bench.common('PTIMER'), [0x55]);
  bench.setCommon('RCR', 3);
  assert.deepEqual(bench.common('RCR'), [3]);
});

test('a reset in mid-transfer: the rest reads 0, connections are gone without a word', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  connection.deliver(...counting(10));
  bench.chip.faults.resetAfter = 6;
  assert.deepEqual(bench.read(Block.RX, 0, 0, 6), [...counting(3), 0, 0, 0]);
  assert.equal(connection.abandoned, true);
  assert.equal(connection.finishReceived, false);
  assert.deepEqual(bench.common('VERSIONR'), [0]);
  bench.clock.advance(PLL_LOCK);
  assert.deepEqual(bench.common('VERSIONR'), [4]);
  assert.deepEqual(bench.common('SIPR', 4), [0, 0, 0, 0]);
  assert.equal(bench.status(0), Status.CLOSED);
});
