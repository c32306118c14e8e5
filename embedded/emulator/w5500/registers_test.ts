// Every register: its value after a reset, and what becomes of what is written to it (datasheet v1.0.9, chapter 4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from './bench';
import { IR, SOCKETS, SnIr } from './registers';
import { Block } from './spi';

// Written down here once more, so that a slip in registers.ts shows: address, size, reset value, and who writes it.
const COMMON: [string, number, number, number[], 'rw' | 'r' | 'w1c' | 'other'][] = [
  ['MR', 0x0000, 1, [0], 'other'],
  ['GAR', 0x0001, 4, [0, 0, 0, 0], 'rw'],
  ['SUBR', 0x0005, 4, [0, 0, 0, 0], 'rw'],
  ['SHAR', 0x0009, 6, [0, 0, 0, 0, 0, 0], 'rw'],
  ['SIPR', 0x000f, 4, [0, 0, 0, 0], 'rw'],
  ['INTLEVEL', 0x0013, 2, [0, 0], 'rw'],
  ['IR', 0x0015, 1, [0], 'w1c'],
  ['IMR', 0x0016, 1, [0], 'rw'],
  ['SIR', 0x0017, 1, [0], 'r'],
  ['SIMR', 0x0018, 1, [0], 'rw'],
  ['RTR', 0x0019, 2, [0x07, 0xd0], 'rw'],
  ['RCR', 0x001b, 1, [8], 'rw'],
  ['PTIMER', 0x001c, 1, [0x28], 'rw'],
  ['PMAGIC', 0x001d, 1, [0], 'rw'],
  ['PHAR', 0x001e, 6, [0, 0, 0, 0, 0, 0], 'rw'],
  ['PSID', 0x0024, 2, [0, 0], 'rw'],
  ['PMRU', 0x0026, 2, [0xff, 0xff], 'rw'],
  ['UIPR', 0x0028, 4, [0, 0, 0, 0], 'r'],
  ['UPORTR', 0x002c, 2, [0, 0], 'r'],
  ['VERSIONR', 0x0039, 1, [4], 'r'],
];
const SOCKET: [string, number, number, number[], 'rw' | 'r' | 'w1c' | 'other'][] = [
  ['Sn_MR', 0x00, 1, [0], 'rw'],
  ['Sn_CR', 0x01, 1, [0], 'other'],
  ['Sn_IR', 0x02, 1, [0], 'w1c'],
  ['Sn_SR', 0x03, 1, [0], 'r'],
  ['Sn_PORT', 0x04, 2, [0, 0], 'rw'],
  ['Sn_DHAR', 0x06, 6, [255, 255, 255, 255, 255, 255], 'rw'],
  ['Sn_DIPR', 0x0c, 4, [0, 0, 0, 0], 'rw'],
  ['Sn_DPORT', 0x10, 2, [0, 0], 'rw'],
  ['Sn_MSSR', 0x12, 2, [0, 0], 'rw'],
  ['Sn_TOS', 0x15, 1, [0], 'rw'],
  ['Sn_TTL', 0x16, 1, [0x80], 'rw'],
  ['Sn_RXBUF_SIZE', 0x1e, 1, [2], 'rw'],
  ['Sn_TXBUF_SIZE', 0x1f, 1, [2], 'rw'],
  ['Sn_TX_FSR', 0x20, 2, [0x08, 0x00], 'r'],
  ['Sn_TX_RD', 0x22, 2, [0, 0], 'r'],
  ['Sn_TX_WR', 0x24, 2, [0, 0], 'rw'],
  ['Sn_RX_RSR', 0x26, 2, [0, 0], 'r'],
  ['Sn_RX_RD', 0x28, 2, [0, 0], 'rw'],
  ['Sn_RX_WR', 0x2a, 2, [0, 0], 'r'],
  ['Sn_IMR', 0x2c, 1, [0xff], 'rw'],
  ['Sn_FRAG', 0x2d, 2, [0x40, 0x00], 'rw'],
  ['Sn_KPALVTR', 0x2f, 1, [0], 'rw'],
];

const pattern = (size: number): number[] => [0x08, 0xa5, 0x3c, 0x42, 0x99, 0x17].slice(0, size);

for (const [name, address, size, reset, access] of COMMON) {
  test(`${name}: after a reset, and written`, () => {
    const bench = new Bench();
    assert.deepEqual(bench.read(Block.COMMON, 0, address, size), reset);
    if (access === 'other') return;
    bench.write(Block.COMMON, 0, address, ...pattern(size));
    assert.deepEqual(bench.read(Block.COMMON, 0, address, size), access === 'rw' ? pattern(size) : reset);
  });
}

for (const [name, address, size, reset, access] of SOCKET) {
  test(`${name}: after a reset, and written, in each socket`, () => {
    const bench = new Bench();
    for (let number = 0; number < SOCKETS; number += 1) {
      assert.deepEqual(bench.read(Block.SOCKET, number, address, size), reset);
      if (access === 'other') continue;
      bench.write(Block.SOCKET, number, address, ...pattern(size).map((each) => (size === 1 ? each : each ^ number)));
    }
    for (let number = 0; number < SOCKETS && access !== 'other'; number += 1) {
      const written = pattern(size).map((each) => (size === 1 ? each : each ^ number));
      assert.deepEqual(bench.read(Block.SOCKET, number, address, size), access === 'rw' ? written : reset);
    }
  });
}

test('addresses between the registers read 0 and take nothing', () => {
  const bench = new Bench();
  for (const address of [0x2f, 0x38, 0x3a, 0x3f, 0x0100, 0xffff]) {
    bench.write(Block.COMMON, 0, address, 0xff);
    assert.deepEqual(bench.read(Block.COMMON, 0, address), [0]);
  }
  for (const address of [0x14, 0x17, 0x1d, 0x30, 0x0100, 0xffff]) {
    bench.write(Block.SOCKET, 3, address, 0xff);
    assert.deepEqual(bench.read(Block.SOCKET, 3, address), [0]);
  }
});

test('the modes of MR stay, and RST does not', () => {
  const bench = new Bench();
  bench.setCommon('MR', 0x3a);
  assert.deepEqual(bench.common('MR'), [0x3a]);
  bench.setCommon('MR', 0x80);
  assert.deepEqual(bench.common('MR'), [0]);
});

for (const bit of [IR.CONFLICT, IR.UNREACH, IR.PPPOE, IR.MP]) {
  test(`bit ${bit} of IR is cleared by writing it as 1, and by nothing else`, () => {
    const bench = new Bench();
    bench.chip.raise(IR.ALL);
    bench.setCommon('IR', 0);
    assert.deepEqual(bench.common('IR'), [IR.ALL]);
    bench.setCommon('IR', bit);
    assert.deepEqual(bench.common('IR'), [IR.ALL & ~bit]);
  });
}

test('bits of Sn_IR are cleared by writing them as 1, and by nothing else', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(2);
  connection.deliver(1);
  connection.end();
  bench.send(2, [1]);
  assert.equal(bench.byte(2, 'Sn_IR'), SnIr.RECV | SnIr.DISCON | SnIr.SENDOK);
  bench.set(2, 'Sn_IR', 0);
  assert.equal(bench.byte(2, 'Sn_IR'), SnIr.RECV | SnIr.DISCON | SnIr.SENDOK);
  bench.set(2, 'Sn_IR', SnIr.RECV | SnIr.TIMEOUT);
  assert.equal(bench.byte(2, 'Sn_IR'), SnIr.DISCON | SnIr.SENDOK);
  bench.set(2, 'Sn_IR', 0xff);
  assert.equal(bench.byte(2, 'Sn_IR'), 0);
});

for (const [what, opmdc, expected] of [
  ['10 Mbit/s, half duplex', 0, 1],
  ['10 Mbit/s, full duplex', 1, 5],
  ['100 Mbit/s, half duplex', 2, 3],
  ['100 Mbit/s, full duplex', 3, 7],
  ['100 Mbit/s, half duplex, negotiated', 4, 3],
  ['power down', 6, 0],
  ['all, negotiated', 7, 7],
] as const) {
  test(`PHYCFGR set to ${what}`, () => {
    const bench = new Bench();
    const set = 0xc0 | (opmdc << 3);
    bench.setCommon('PHYCFGR', set);
    assert.deepEqual(bench.common('PHYCFGR'), [set | expected]);
  });
}

test('PHYCFGR shows the cable, and no link while the PHY is in reset', () => {
  const bench = new Bench();
  assert.deepEqual(bench.common('PHYCFGR'), [0xbf]);
  bench.chip.cable = false;
  assert.deepEqual(bench.common('PHYCFGR'), [0xb8]);
  bench.chip.cable = true;
  bench.setCommon('PHYCFGR', 0x38);
  assert.deepEqual(bench.common('PHYCFGR'), [0x38]);
});
