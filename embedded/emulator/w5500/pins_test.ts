// INTn, RSTn and the chip's reset (datasheet v1.0.9: IR, IMR, SIR, SIMR, INTLEVEL, MR and the timing of reset).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from './bench';
import { PLL_LOCK } from './chip';
import { assertWait } from './interrupt_pin';
import { IR, SnIr, Status } from './registers';

test('INTn is low while (IR & IMR) or (SIR & SIMR)', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(5);
  connection.deliver(1);
  assert.deepEqual(bench.common('SIR'), [0x20]);
  assert.equal(bench.chip.interruptPin, 1); // SIMR is 0
  bench.setCommon('SIMR', 0x20);
  assert.equal(bench.chip.interruptPin, 0);
  bench.set(5, 'Sn_IMR', ~SnIr.RECV & 0x1f);
  assert.deepEqual([bench.common('SIR')[0], bench.chip.interruptPin], [0, 1]);
  bench.set(5, 'Sn_IMR', SnIr.RECV);
  assert.equal(bench.chip.interruptPin, 0);
  bench.set(5, 'Sn_IR', SnIr.RECV);
  assert.deepEqual([bench.common('SIR')[0], bench.chip.interruptPin], [0, 1]);
  bench.chip.raise(IR.CONFLICT);
  assert.equal(bench.chip.interruptPin, 1);
  bench.setCommon('IMR', IR.CONFLICT);
  assert.equal(bench.chip.interruptPin, 0);
  bench.setCommon('IR', IR.CONFLICT);
  assert.equal(bench.chip.interruptPin, 1);
  assert.deepEqual(bench.edges, [0, 1, 0, 1, 0, 1]);
});

for (let number = 0; number < 8; number += 1) {
  test(`SIR has bit ${number} for socket ${number}`, () => {
    const bench = new Bench().configure();
    bench.connected(number).deliver(1);
    assert.deepEqual(bench.common('SIR'), [1 << number]);
  });
}

test('with INTLEVEL 0 there is no edge between two interrupts', () => {
  const bench = new Bench().configure();
  bench.setCommon('SIMR', 0xff);
  bench.edges.length = 0;
  const connection = bench.connected(0);
  connection.deliver(1);
  bench.edges.length = 0;
  bench.send(0, [1]);
  bench.set(0, 'Sn_IR', SnIr.SENDOK);
  assert.deepEqual(bench.edges, []);
  assert.equal(bench.chip.interruptPin, 0);
});

test('with INTLEVEL the next interrupt that is pending makes an edge of its own', () => {
  const bench = new Bench().configure();
  bench.setCommon('SIMR', 0xff);
  bench.setCommon('INTLEVEL', 0x0e, 0xa5); // 3749: 100 us
  assert.equal(assertWait(3749), 100);
  const connection = bench.connected(0);
  bench.clock.advance(100);
  connection.deliver(1);
  bench.send(0, [1]);
  bench.edges.length = 0;
  bench.set(0, 'Sn_IR', SnIr.SENDOK);
  bench.clock.advance(99);
  assert.deepEqual(bench.edges, [1]);
  bench.clock.advance(1);
  assert.deepEqual(bench.edges, [1, 0]);
  bench.set(0, 'Sn_IR', SnIr.RECV);
  bench.clock.advance(1000);
  assert.deepEqual(bench.edges, [1, 0, 1]);
});

function used(): Bench {
  const bench = new Bench().configure();
  bench.setCommon('SIMR', 0xff);
  bench.setCommon('PHYCFGR', 0xd8);
  bench.connected(0).deliver(1);
  bench.set(4, 'Sn_TXBUF_SIZE', 0);
  bench.open(1, 'UDP', 5000);
  bench.open(2, 'TCP', 5000);
  bench.order(2, 'LISTEN');
  return bench;
}

function isNew(bench: Bench): void {
  assert.deepEqual(bench.common('MR', 0x3a), new Bench().common('MR', 0x3a));
  for (let number = 0; number < 8; number += 1) {
    assert.deepEqual(bench.read(1, number, 0, 0x30), new Bench().read(1, number, 0, 0x30));
  }
  assert.equal(bench.chip.interruptPin, 1);
  assert.equal(bench.network.listening, 0);
  assert.equal(bench.network.bound[0]?.open, false);
  assert.deepEqual(
    [bench.network.connections[0]?.finishReceived, bench.network.connections[0]?.abandoned],
    [false, true],
  );
  assert.equal(bench.clock.pending, 0);
}

test('MR.RST makes all registers and sockets new', () => {
  const bench = used();
  bench.setCommon('MR', 0x80);
  isNew(bench);
});

test('RSTn low for 500 us makes all new; until the PLL has locked nothing answers', () => {
  const bench = used();
  bench.chip.resetPin = 0;
  assert.equal(bench.chip.resetPin, 0);
  bench.clock.advance(500);
  bench.chip.resetPin = 1;
  bench.clock.advance(PLL_LOCK - 1);
  assert.deepEqual(bench.common('VERSIONR'), [0]);
  bench.setCommon('RCR', 3);
  bench.clock.advance(1);
  assert.deepEqual(bench.common('VERSIONR'), [4]);
  isNew(bench);
});

test('a pulse on RSTn that is too short is noted, and is none', () => {
  const bench = used();
  bench.chip.resetPin = 0;
  bench.clock.advance(499);
  bench.chip.resetPin = 1;
  assert.equal(bench.status(0), Status.ESTABLISHED);
  assert.equal(bench.chip.violations.length, 1);
});

for (const [what, reset] of [
  ['MR.RST', (bench: Bench) => bench.setCommon('MR', 0x80)],
  [
    'RSTn',
    (bench: Bench) => {
      bench.chip.resetPin = 0;
      bench.clock.advance(500);
      bench.chip.resetPin = 1;
      bench.clock.advance(PLL_LOCK);
    },
  ],
] as const) {
  test(`${what} forgets a command that is not accepted yet, and one that waits for ARP`, () => {
    const bench = new Bench({ commandTime: 10_000 }).configure();
    bench.network.holdArps = true;
    bench.open(1, 'UDP', 5000);
    bench.aim(1, [10, 0, 2, 2], 7000);
    bench.clock.advance(10_000);
    bench.send(1, [1]);
    bench.clock.advance(10_000);
    assert.equal(bench.network.arps.length, 1);
    bench.open(0, 'TCP', 5000);
    assert.equal(bench.byte(0, 'Sn_CR'), 1);
    reset(bench);
    assert.equal(bench.byte(0, 'Sn_CR'), 0);
    assert.equal(bench.clock.pending, 0);
    bench.network.answerArps();
    bench.clock.advance(10_000_000);
    assert.deepEqual([bench.status(0), bench.status(1), bench.byte(1, 'Sn_IR')], [0, 0, 0]);
    assert.deepEqual(bench.network.sent, []);
    // And the next one is taken.
    bench.configure();
    bench.open(0, 'TCP', 5000);
    bench.clock.advance(10_000);
    assert.equal(bench.status(0), Status.INIT);
    assert.deepEqual(bench.chip.violations, []);
  });
}
