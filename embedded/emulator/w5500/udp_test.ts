// UDP (datasheet v1.0.9, Sn_MR and pages 46 and 47).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, counting, MILLISECOND } from './bench';
import { PEER_MAC } from '../models/fake_network';
import { IR, SnIr, SnMr, Status } from './registers';
import { MTU } from './udp';

const FROM = { address: '10.0.2.9', port: 0x1234 } as const;

function open(flags = 0): Bench {
  const bench = new Bench().configure();
  bench.aim(1, [10, 0, 2, 2], 7000);
  bench.open(1, 'UDP', 5000, flags);
  return bench;
}

function arrive(bench: Bench, bytes: readonly number[], kind: 'unicast' | 'broadcast' | 'multicast' = 'unicast'): void {
  bench.network.bound[0]!.events.datagram(FROM, Uint8Array.from(bytes), kind);
}

test('OPEN and CLOSE', () => {
  const bench = open();
  assert.equal(bench.status(1), Status.UDP);
  assert.equal(bench.network.bound[0]?.port, 5000);
  assert.equal(bench.network.bound[0]?.group, undefined);
  bench.order(1, 'CLOSE');
  assert.equal(bench.status(1), Status.CLOSED);
  assert.equal(bench.network.bound[0]?.open, false);
});

test('a datagram comes with address, port and length before it', () => {
  const bench = open();
  arrive(bench, [7, 8, 9]);
  arrive(bench, []);
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.RECV);
  assert.deepEqual(bench.receive(1), [10, 0, 2, 9, 0x12, 0x34, 0, 3, 7, 8, 9, 10, 0, 2, 9, 0x12, 0x34, 0, 0]);
  assert.equal(bench.word(1, 'Sn_RX_RSR'), 0);
});

test('a datagram that does not fit is lost as a whole', () => {
  const bench = open();
  arrive(bench, counting(1400));
  bench.set(1, 'Sn_IR', 0xff);
  arrive(bench, counting(633)); // 8 more than 640 with its header
  assert.equal(bench.byte(1, 'Sn_IR'), 0);
  assert.equal(bench.word(1, 'Sn_RX_RSR'), 1408);
  arrive(bench, counting(632));
  assert.equal(bench.word(1, 'Sn_RX_RSR'), 2048);
});

test('SEND finds out the MAC address once for each address', () => {
  const bench = open();
  bench.send(1, [1, 2, 3]);
  const to = { address: '10.0.2.2', port: 7000 };
  assert.deepEqual(bench.network.sent, [{ to, bytes: [1, 2, 3], mac: [...PEER_MAC] }]);
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.SENDOK);
  assert.equal(bench.word(1, 'Sn_TX_FSR'), 2048);
  bench.send(1, [4]);
  assert.equal(bench.network.arps.length, 1);
  bench.setCommon('MR', 0x02); // FARP
  bench.send(1, [5]);
  assert.equal(bench.network.arps.length, 2);
});

test('nobody answers ARP: TIMEOUT after RTR x (RCR + 1), and the socket stays open', () => {
  const bench = open();
  bench.aim(1, [10, 0, 2, 77], 7000);
  bench.send(1, [1, 2, 3]);
  bench.clock.advance(1800 * MILLISECOND - 1);
  assert.equal(bench.byte(1, 'Sn_IR'), 0);
  assert.equal(bench.network.arps.length, 9);
  bench.clock.advance(1);
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.TIMEOUT);
  assert.equal(bench.status(1), Status.UDP);
  bench.aim(1, [10, 0, 2, 2], 7000);
  bench.send(1, [9]);
  assert.deepEqual(bench.network.sent.map((each) => each.bytes), [[9]]);
});

test('SEND_MAC asks nobody and takes Sn_DHAR', () => {
  const bench = open();
  bench.set(1, 'Sn_DHAR', 2, 3, 4, 5, 6, 7);
  bench.send(1, [1], 'SEND_MAC');
  assert.deepEqual(bench.network.sent[0]?.mac, [2, 3, 4, 5, 6, 7]);
  assert.deepEqual(bench.network.arps, []);
});

for (const address of [[255, 255, 255, 255], [10, 0, 2, 255]]) {
  test(`to ${address.join('.')} everybody is meant`, () => {
    const bench = open();
    bench.aim(1, address, 7000);
    bench.send(1, [1]);
    assert.deepEqual(bench.network.sent[0]?.mac, [255, 255, 255, 255, 255, 255]);
    assert.deepEqual(bench.network.arps, []);
  });
}

test('more than fits into a frame goes as several datagrams', () => {
  const bench = open();
  bench.send(1, counting(2000));
  assert.deepEqual(bench.network.sent.map((each) => each.bytes.length), [MTU, 2000 - MTU]);
  assert.deepEqual(bench.network.sent.flatMap((each) => each.bytes), counting(2000));
});

test('a datagram of no bytes', () => {
  const bench = open();
  bench.send(1, []);
  assert.deepEqual(bench.network.sent.map((each) => each.bytes), [[]]);
});

test('multicast: the group of Sn_DIPR as of OPEN, sent to by Sn_DHAR', () => {
  const bench = new Bench().configure();
  bench.aim(1, [239, 1, 2, 3], 7000);
  bench.set(1, 'Sn_DHAR', 1, 0, 0x5e, 1, 2, 3);
  bench.open(1, 'UDP', 7000, SnMr.MULTI);
  assert.equal(bench.network.bound[0]?.group, '239.1.2.3');
  bench.send(1, [1]);
  assert.deepEqual(bench.network.sent[0]?.mac, [1, 0, 0x5e, 1, 2, 3]);
  assert.deepEqual(bench.network.arps, []);
});

test('OPEN with MULTI and no group in Sn_DIPR is noted', () => {
  const bench = open(SnMr.MULTI);
  assert.equal(bench.status(1), Status.UDP);
  assert.equal(bench.network.bound[0]?.group, undefined);
  assert.equal(bench.chip.violations.length, 1);
});

for (const [flags, kinds] of [
  [0, ['unicast', 'broadcast']],
  [SnMr.BCASTB, ['unicast']],
  [SnMr.MULTI, ['unicast', 'broadcast', 'multicast']],
  [SnMr.MULTI | SnMr.BCASTB, ['unicast', 'multicast']],
  [SnMr.MULTI | SnMr.UCASTB, ['broadcast', 'multicast']],
  [SnMr.UCASTB, ['unicast', 'broadcast']],
] as const) {
  test(`Sn_MR with 0x${flags.toString(16)} takes ${kinds.join(', ')}`, () => {
    const bench = open(flags);
    for (const [index, kind] of (['unicast', 'broadcast', 'multicast'] as const).entries()) {
      // Without MULTI no network brings what is for a group.
      if (kind !== 'multicast' || (flags & SnMr.MULTI) !== 0) arrive(bench, [index], kind);
    }
    const received = bench.receive(1).filter((_, index) => index % 9 === 8);
    assert.deepEqual(received.map((each) => ['unicast', 'broadcast', 'multicast'][each]), [...kinds]);
  });
}

test('port unreachable: UNREACH in IR, and whose it is in UIPR and UPORTR', () => {
  const bench = open();
  bench.network.bound[0]!.events.unreachable({ address: '10.0.2.2', port: 0x1b58 });
  assert.deepEqual(bench.common('IR'), [IR.UNREACH]);
  assert.deepEqual(bench.common('UIPR', 6), [10, 0, 2, 2, 0x1b, 0x58]);
});

for (const command of ['LISTEN', 'CONNECT', 'DISCON', 'SEND_KEEP'] as const) {
  test(`${command} is none of UDP's`, () => {
    const bench = open();
    bench.order(1, command);
    assert.equal(bench.status(1), Status.UDP);
    assert.equal(bench.chip.violations.length, 1);
  });
}

test('SEND before the last one has its MAC address is noted', () => {
  const bench = open();
  bench.aim(1, [10, 0, 2, 77], 7000);
  bench.send(1, [1]);
  bench.send(1, [2]);
  assert.equal(bench.chip.violations.length, 1);
});

test('CLOSE while ARP is not answered: no datagram, no interrupt, not even if the answer comes', () => {
  const bench = open();
  bench.network.holdArps = true;
  bench.send(1, [1]);
  bench.order(1, 'CLOSE');
  assert.equal(bench.clock.pending, 0);
  bench.clock.advance(10_000 * MILLISECOND);
  bench.network.answerArps();
  assert.equal(bench.network.arps.length, 1);
  assert.deepEqual(bench.network.sent, []);
  assert.equal(bench.byte(1, 'Sn_IR'), 0);
  bench.order(1, 'OPEN');
  assert.deepEqual(bench.read(1, 1, 0x06, 6), [255, 255, 255, 255, 255, 255]);
});

test('an answer to ARP after TIMEOUT sends nothing; one in time sends what was to be sent, once', () => {
  const bench = open();
  bench.network.holdArps = true;
  bench.send(1, [1]);
  bench.clock.advance(1800 * MILLISECOND);
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.TIMEOUT);
  bench.set(1, 'Sn_IR', 0xff);
  bench.network.answerArps();
  assert.equal(bench.network.sent.length, 0);
  assert.equal(bench.byte(1, 'Sn_IR'), 0);
  bench.send(1, [2]);
  bench.clock.advance(1799 * MILLISECOND);
  bench.network.answerArps(); // nine of them
  assert.deepEqual(bench.network.sent.map((each) => each.bytes), [[2]]);
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.SENDOK);
  bench.clock.advance(10_000 * MILLISECOND);
  assert.equal(bench.byte(1, 'Sn_IR'), SnIr.SENDOK);
});
