// Frames on SPI (datasheet v1.0.9, chapter 2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from './bench';
import { Block } from './spi';

const exchange = (bench: Bench, ...bytes: number[]): number[] => bytes.map((each) => bench.chip.transfer(each));

test('a frame of variable length goes on until CSn is high', () => {
  const bench = new Bench();
  bench.chip.select();
  exchange(bench, 0x00, 0x01, 0x04, 10, 0, 2, 2, 255, 255, 255, 0);
  bench.chip.deselect();
  assert.deepEqual(bench.common('GAR', 8), [10, 0, 2, 2, 255, 255, 255, 0]);
});

for (const [mode, length] of [[1, 1], [2, 2], [3, 4]] as const) {
  test(`a frame of ${length} bytes ends by itself, with CSn low all the time`, () => {
    const bench = new Bench();
    const bytes = [1, 2, 3, 4].slice(0, length);
    bench.chip.select();
    exchange(bench, 0x00, 0x01, 0x04 | mode, ...bytes);
    exchange(bench, 0x00, 0x05, 0x04 | mode, ...bytes.map((each) => each + 100));
    const read = exchange(bench, 0x00, 0x01, mode, ...bytes.map(() => 0));
    assert.deepEqual(read.slice(3), bytes);
    assert.deepEqual(exchange(bench, 0x00, 0x39, 0x01, 0).slice(3), [4]);
    bench.chip.deselect();
    const rest = [0, 0, 0, 0];
    assert.deepEqual(bench.common('GAR', 4), Object.assign([...rest], bytes));
    assert.deepEqual(bench.common('SUBR', 4), Object.assign([...rest], bytes.map((each) => each + 100)));
  });
}

test('what is sent while a register is read changes nothing', () => {
  const bench = new Bench();
  bench.chip.frame(Uint8Array.of(0x00, 0x19, 0x00, 0xaa, 0xbb));
  assert.deepEqual(bench.common('RTR', 2), [0x07, 0xd0]);
});

test('while CSn is high there is no frame', () => {
  const bench = new Bench();
  assert.deepEqual(exchange(bench, 0x00, 0x39, 0x00, 0), [0, 0, 0, 0]);
  exchange(bench, 0x00, 0x1b, 0x04, 3);
  assert.deepEqual(bench.common('RCR'), [8]);
});

test('CSn high in mid-header forgets the frame', () => {
  const bench = new Bench();
  bench.chip.select();
  exchange(bench, 0x00, 0x1b);
  bench.chip.deselect();
  assert.deepEqual(bench.common('VERSIONR'), [4]);
});

test('each block of each socket has its number', () => {
  const bench = new Bench();
  for (let number = 0; number < 8; number += 1) {
    bench.chip.frame(Uint8Array.of(0x00, 0x04, ((4 * number + 1) << 3) | 4, 0x10, number));
    bench.chip.frame(Uint8Array.of(0x00, 0x00, ((4 * number + 2) << 3) | 4, 0x20 + number));
  }
  for (let number = 0; number < 8; number += 1) {
    assert.equal(bench.word(number, 'Sn_PORT'), 0x1000 + number);
    assert.deepEqual(bench.read(Block.TX, number, 0), [0x20 + number]);
  }
});

test('reserved blocks read 0, take nothing and are noted', () => {
  const bench = new Bench();
  for (let number = 1; number < 8; number += 1) {
    bench.chip.frame(Uint8Array.of(0x00, 0x1b, ((4 * number) << 3) | 4, 3));
    assert.deepEqual([...bench.chip.frame(Uint8Array.of(0x00, 0x39, (4 * number) << 3, 0))], [0, 0, 0, 0]);
  }
  assert.deepEqual(bench.common('RCR'), [8]);
  assert.equal(bench.chip.violations.length, 14);
});

test('the address of a burst goes from FFFF to 0000', () => {
  const bench = new Bench();
  bench.setCommon('MR', 0x10);
  assert.deepEqual(bench.read(Block.COMMON, 0, 0xfffe, 4), [0, 0, 0x10, 0]);
  bench.write(Block.COMMON, 0, 0xffff, 0xee, 0x02, 10, 0, 2, 2);
  assert.deepEqual(bench.common('MR', 5), [0x02, 10, 0, 2, 2]);
  bench.write(Block.SOCKET, 3, 0xffff, 0xee, 0x22);
  assert.equal(bench.byte(3, 'Sn_MR'), 0x22);
  bench.write(Block.TX, 0, 0xfffe, 1, 2, 3, 4);
  assert.deepEqual(bench.read(Block.TX, 0, 0, 2), [3, 4]);
  assert.deepEqual(bench.read(Block.TX, 0, 0xfffe, 4), [1, 2, 3, 4]);
});
