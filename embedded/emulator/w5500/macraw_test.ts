// MACRAW (datasheet v1.0.9, Sn_MR and page 50).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, counting } from './bench';
import { LONGEST } from './macraw';
import { SnIr, SnMr, Status } from './registers';

const OWN = [2, 0, 0, 0, 0, 1];
const OTHER = [2, 0, 0, 0, 0, 2];
const BROADCAST = [255, 255, 255, 255, 255, 255];
const GROUP = [1, 0, 0x5e, 1, 2, 3];
const GROUP6 = [0x33, 0x33, 0, 0, 0, 1];

const frame = (to: readonly number[], type: readonly number[] = [8, 0], length = 60): number[] =>
  [...to, ...OTHER, ...type, ...counting(length)].slice(0, length);

function open(flags = 0): Bench {
  const bench = new Bench().configure();
  bench.open(0, 'MACRAW', 0, flags);
  return bench;
}

test('only socket 0 has it', () => {
  assert.equal(open().status(0), Status.MACRAW);
  const bench = new Bench();
  bench.open(1, 'MACRAW', 0);
  assert.equal(bench.status(1), Status.CLOSED);
  assert.equal(bench.chip.violations.length, 1);
});

test('a frame comes with its length and 2 before it', () => {
  const bench = open();
  bench.network.frame(...frame(OWN));
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.RECV);
  bench.network.frame(...frame(OTHER, [8, 0], 300));
  assert.deepEqual(bench.receive(0), [0, 62, ...frame(OWN), 0x01, 0x2e, ...frame(OTHER, [8, 0], 300)]);
});

test('a frame goes out as it is', () => {
  const bench = open();
  bench.send(0, frame(BROADCAST));
  assert.deepEqual(bench.network.frames, [frame(BROADCAST)]);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.SENDOK);
  assert.equal(bench.word(0, 'Sn_TX_FSR'), 2048);
  bench.send(0, counting(LONGEST + 1));
  assert.equal(bench.chip.violations.length, 1);
  assert.equal(bench.network.frames.length, 1);
});

test('a frame that does not fit is lost as a whole', () => {
  const bench = open();
  bench.network.frame(...frame(OWN, [8, 0], 1514));
  bench.network.frame(...frame(OWN, [8, 0], 531));
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 1516);
  bench.network.frame(...frame(OWN, [8, 0], 530));
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 2048);
});

const FRAMES: [string, number[]][] = [
  ['own', frame(OWN)],
  ['other', frame(OTHER)],
  ['broadcast', frame(BROADCAST)],
  ['group', frame(GROUP)],
  ['ipv6 own', frame(OWN, [0x86, 0xdd])],
  ['ipv6 group', frame(GROUP6, [0x86, 0xdd])],
  ['short', frame(OWN).slice(0, 13)],
  ['long', frame(OWN, [8, 0], 1515)],
];
for (const [flags, taken] of [
  [0, ['own', 'other', 'broadcast', 'group', 'ipv6 own', 'ipv6 group']],
  [SnMr.MFEN, ['own', 'broadcast', 'group', 'ipv6 own', 'ipv6 group']],
  [SnMr.MFEN | SnMr.BCASTB, ['own', 'group', 'ipv6 own', 'ipv6 group']],
  [SnMr.MFEN | SnMr.MMB, ['own', 'broadcast', 'ipv6 own']],
  [SnMr.MFEN | SnMr.MIP6B, ['own', 'broadcast', 'group']],
  [SnMr.BCASTB | SnMr.MMB | SnMr.MIP6B, ['own', 'other']],
] as const) {
  test(`Sn_MR with 0x${flags.toString(16)} takes: ${taken.join(', ')}`, () => {
    const got = FRAMES.filter(([, bytes]) => {
      const bench = open(flags);
      bench.network.frame(...bytes);
      return bench.word(0, 'Sn_RX_RSR') > 0;
    });
    assert.deepEqual(got.map(([name]) => name), [...taken]);
  });
}

test('after CLOSE no frame comes', () => {
  const bench = open();
  bench.order(0, 'CLOSE');
  bench.network.frame(...frame(OWN));
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 0);
});
