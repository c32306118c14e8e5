// The cable: what the chip does while nothing gets through, by the rules for answers that do not come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, MILLISECOND, PEER } from './bench';
import { SnIr, Status } from './registers';

const TCP_TO = 31_800 * MILLISECOND;

/** Every way to lose the link, and to have it back. */
const LOSSES: [string, (bench: Bench) => void, (bench: Bench) => void][] = [
  ['the cable', (bench) => (bench.chip.cable = false), (bench) => (bench.chip.cable = true)],
  ['PHYCFGR.RST', (bench) => bench.setCommon('PHYCFGR', 0x38), (bench) => bench.setCommon('PHYCFGR', 0xb8)],
  ['power down of the PHY', (bench) => bench.setCommon('PHYCFGR', 0xf0), (bench) => bench.setCommon('PHYCFGR', 0xf8)],
];

for (const [what, lose, regain] of LOSSES) {
  test(`${what}: a connection survives, and its data come afterwards`, () => {
    const bench = new Bench().configure();
    const connection = bench.connected(0);
    lose(bench);
    connection.deliver(1, 2, 3);
    bench.send(0, [4]);
    bench.clock.advance(TCP_TO - 1);
    assert.deepEqual([bench.status(0), bench.byte(0, 'Sn_IR')], [Status.ESTABLISHED, 0]);
    assert.deepEqual(connection.received, []);
    assert.equal(bench.word(0, 'Sn_RX_RSR'), 0);
    regain(bench);
    assert.equal(bench.byte(0, 'Sn_IR'), SnIr.RECV | SnIr.SENDOK);
    assert.deepEqual(bench.receive(0), [1, 2, 3]);
    assert.deepEqual(connection.received, [4]);
  });

  test(`${what}: SEND fails after TCP_TO, and the peer hears of it afterwards`, () => {
    const bench = new Bench().configure();
    const connection = bench.connected(0);
    lose(bench);
    bench.send(0, [4]);
    bench.clock.advance(TCP_TO);
    assert.deepEqual([bench.status(0), bench.byte(0, 'Sn_IR')], [Status.CLOSED, SnIr.TIMEOUT]);
    assert.equal(connection.abandoned, false);
    regain(bench);
    assert.deepEqual([connection.abandoned, connection.received], [true, []]);
  });
}

test('nobody can tell an idle connection without a cable from one with it; keep-alive can', () => {
  const bench = new Bench().configure();
  bench.connected(0);
  bench.connected(1).deliver(1);
  bench.set(1, 'Sn_KPALVTR', 1);
  bench.set(1, 'Sn_IR', 0xff);
  bench.chip.cable = false;
  bench.clock.advance(3_600_000 * MILLISECOND);
  assert.equal(bench.status(0), Status.ESTABLISHED);
  assert.deepEqual([bench.status(1), bench.byte(1, 'Sn_IR')], [Status.CLOSED, SnIr.TIMEOUT]);
});

test('without a cable ARP is not answered: CONNECT and a datagram fail', () => {
  const bench = new Bench().configure();
  bench.open(0, 'TCP', 50000);
  bench.aim(0, [10, 0, 2, 2], 80);
  bench.open(1, 'UDP', 5000);
  bench.aim(1, [10, 0, 2, 2], 7000);
  bench.chip.cable = false;
  bench.order(0, 'CONNECT');
  bench.send(1, [1]);
  bench.clock.advance(1800 * MILLISECOND);
  assert.deepEqual([bench.byte(0, 'Sn_IR'), bench.byte(1, 'Sn_IR')], [SnIr.TIMEOUT, SnIr.TIMEOUT]);
  assert.deepEqual([bench.network.arps, bench.network.sent], [[], []]);
});

test('without a cable a datagram to a known address is sent, says the chip, and is lost; so is what comes', () => {
  const bench = new Bench().configure();
  bench.open(1, 'UDP', 5000);
  bench.aim(1, [10, 0, 2, 2], 7000);
  bench.send(1, [1]);
  bench.set(1, 'Sn_IR', 0xff);
  bench.chip.cable = false;
  bench.send(1, [2]);
  bench.network.bound[0]!.events.datagram(PEER, Uint8Array.of(3), 'unicast');
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.SENDOK);
  bench.chip.cable = true;
  assert.deepEqual(bench.network.sent.map((each) => each.bytes), [[1]]);
  assert.equal(bench.word(1, 'Sn_RX_RSR'), 0);
});

test('who connects without a cable is there with it, and refused if the socket was closed', () => {
  const bench = new Bench().configure();
  for (const number of [0, 1]) {
    bench.open(number, 'TCP', 5000 + number);
    bench.order(number, 'LISTEN');
  }
  bench.chip.cable = false;
  bench.network.syn(5000, PEER);
  const refused = bench.network.syn(5001, PEER)!;
  assert.equal(bench.status(0), Status.LISTEN);
  bench.order(1, 'CLOSE');
  bench.chip.cable = true;
  assert.equal(bench.status(0), Status.ESTABLISHED);
  assert.equal(refused.abandoned, true);
});

test('frames of MACRAW are lost without a cable', () => {
  const bench = new Bench().configure();
  bench.open(0, 'MACRAW', 0);
  bench.chip.cable = false;
  bench.send(0, Array<number>(60).fill(0xff));
  bench.network.frame(...Array<number>(60).fill(0xff));
  assert.deepEqual(bench.network.frames, []);
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 0);
  bench.chip.cable = true;
  bench.network.frame(...Array<number>(60).fill(0xff));
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 62);
});

test('while RSTn is low nobody gets in', () => {
  const bench = new Bench().configure();
  bench.open(0, 'TCP', 5000);
  bench.order(0, 'LISTEN');
  bench.chip.resetPin = 0;
  const late = bench.network.syn(5000, PEER)!;
  bench.clock.advance(500);
  bench.chip.resetPin = 1;
  assert.equal(late.started, false);
  assert.equal(late.abandoned, true);
  assert.equal(bench.network.listening, 0);
});

test('a reset without a cable: the peer hears of it when there is one', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  bench.chip.cable = false;
  bench.setCommon('MR', 0x80);
  assert.equal(connection.abandoned, false);
  bench.chip.cable = true;
  assert.equal(connection.abandoned, true);
});
