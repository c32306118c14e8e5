// The two memories and their pointers (datasheet v1.0.9, Sn_RXBUF_SIZE, Sn_TXBUF_SIZE and pages 54 and 55).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, counting } from './bench';
import { Memory, RxBuffer, TxBuffer } from './buffers';
import { Block } from './spi';

for (const kilobytes of [1, 2, 4, 8, 16]) {
  test(`a buffer of ${kilobytes} KB repeats over the 64 KB of addresses, and is all there is to write`, () => {
    const bench = new Bench();
    const size = kilobytes * 1024;
    for (let number = 1; number < 8; number += 1) bench.set(number, 'Sn_TXBUF_SIZE', 0);
    bench.set(0, 'Sn_TXBUF_SIZE', kilobytes);
    assert.equal(bench.word(0, 'Sn_TX_FSR'), size);
    bench.write(Block.TX, 0, 0, ...counting(size));
    for (const address of [0, size, 0x10000 - size]) {
      assert.deepEqual(bench.read(Block.TX, 0, address & 0xffff, size), counting(size));
    }
    bench.write(Block.TX, 0, size, 0xee);
    assert.deepEqual(bench.read(Block.TX, 0, 0), [0xee]);
    assert.deepEqual(bench.chip.violations, []);
  });
}

test('a buffer of 0 KB holds nothing', () => {
  const bench = new Bench();
  bench.set(3, 'Sn_TXBUF_SIZE', 0);
  bench.write(Block.TX, 3, 0, 1);
  assert.deepEqual(bench.read(Block.TX, 3, 0), [0]);
  assert.equal(bench.word(3, 'Sn_TX_FSR'), 0);
});

test('sizes that the chip has not, and more than 16 KB in all, are noted', () => {
  const bench = new Bench();
  bench.set(0, 'Sn_RXBUF_SIZE', 3);
  assert.equal(bench.chip.violations.length, 1);
  bench.set(0, 'Sn_RXBUF_SIZE', 2);
  bench.set(0, 'Sn_RXBUF_SIZE', 4);
  assert.equal(bench.chip.violations.length, 2);
});

test('no socket writes into the buffer of another', () => {
  const bench = new Bench();
  for (let number = 0; number < 8; number += 1) {
    bench.write(Block.TX, number, 0, ...Array<number>(2048).fill(number + 1));
  }
  for (let number = 0; number < 8; number += 1) {
    assert.deepEqual(bench.read(Block.TX, number, 0, 2048), Array<number>(2048).fill(number + 1));
  }
});

test('the RX buffer takes nothing from the host', () => {
  const bench = new Bench();
  bench.write(Block.RX, 0, 0, 1);
  assert.deepEqual(bench.read(Block.RX, 0, 0), [0]);
  assert.equal(bench.chip.violations.length, 1);
});

for (const start of [0, 0x07ff, 0x7fff, 0xf800, 0xffff]) {
  test(`from pointer 0x${start.toString(16)} on: full, empty, and all sizes between`, () => {
    const tx = new TxBuffer(new Memory(), 0);
    const rx = new RxBuffer(new Memory(), 0);
    tx.open(start);
    rx.open(start);
    for (let length = 0; length <= 2048; length += 256) {
      assert.equal(tx.free, 2048);
      tx.write = (tx.write + length) & 0xffff;
      assert.equal(tx.take()?.length, length);
      assert.equal(tx.free, 2048 - length);
      tx.acknowledged = tx.read;
      rx.put(Uint8Array.from(counting(length)));
      assert.equal(rx.received, length);
      assert.equal(rx.free, 2048 - length);
      rx.read = (rx.read + length) & 0xffff;
      assert.equal(rx.received, length);
      assert.ok(rx.consume());
      assert.equal(rx.received, 0);
    }
    rx.read = (rx.read + 1) & 0xffff;
    assert.ok(!rx.consume());
    assert.equal(rx.free, 2048);
  });
}

test('100,000 bytes each way, in pieces, over the end of the pointers', () => {
  const bench = new Bench({ initialPointer: 0xff00 }).configure();
  const connection = bench.connected(0);
  const received: number[] = [];
  const all = counting(100_000);
  for (let at = 0; at < all.length; at += 1000) {
    bench.send(0, all.slice(at, at + 1000));
    connection.deliver(...all.slice(at, at + 1000));
    received.push(...bench.receive(0));
  }
  assert.deepEqual(received, all);
  assert.deepEqual(connection.received, all);
});
