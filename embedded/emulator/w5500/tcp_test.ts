// TCP: every way from one Sn_SR to the next, and what of Sn_IR comes with it (datasheet v1.0.9, pages 46 to 50).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, counting, MILLISECOND, PEER, SECOND } from './bench';
import type { FakeConnection } from '../models/fake_network';
import { Command, nameOf, SnIr, Status } from './registers';

interface Scene {
  bench: Bench;
  connection: FakeConnection;
}

type Step = (scene: Scene) => void;

const order = (command: keyof typeof Command): Step => ({ bench }) => bench.order(0, command);
const after = (time: number): Step => ({ bench }) => bench.clock.advance(time);

/** How to get into each status, from a new chip. */
const WAYS: Record<string, Step[]> = {
  CLOSED: [],
  INIT: [({ bench }) => bench.open(0, 'TCP', 5000)],
};
WAYS.LISTEN = [...WAYS.INIT!, order('LISTEN')];
WAYS.SYNRECV = [
  ...WAYS.LISTEN,
  (scene) => {
    scene.bench.network.handshake = 'silent';
    scene.connection = scene.bench.network.syn(5000, PEER)!;
  },
];
WAYS.SYNSENT = [
  ...WAYS.INIT!,
  (scene) => {
    scene.bench.network.handshake = 'silent';
    scene.bench.aim(0, [10, 0, 2, 2], 80);
    scene.bench.order(0, 'CONNECT');
    scene.connection = scene.bench.network.connections[0]!;
  },
];
WAYS.ESTABLISHED = [
  ...WAYS.SYNSENT,
  ({ connection, bench }) => {
    connection.establish();
    bench.set(0, 'Sn_IR', 0xff);
    connection.answers = false;
  },
];
WAYS.FIN_WAIT = [...WAYS.ESTABLISHED, order('DISCON')];
WAYS.CLOSE_WAIT = [
  ...WAYS.ESTABLISHED,
  ({ connection, bench }) => {
    connection.end();
    bench.set(0, 'Sn_IR', 0xff);
  },
];
WAYS.LAST_ACK = [...WAYS.CLOSE_WAIT, order('DISCON')];
WAYS.CLOSING = [...WAYS.FIN_WAIT, ({ connection }) => connection.end()];
WAYS.TIME_WAIT = [...WAYS.CLOSING, ({ connection }) => connection.acknowledge()];

const TCP_TO = 31_800 * MILLISECOND;

const establish: Step = ({ connection }) => connection.establish();
const reset: Step = ({ connection }) => connection.reset();
const end: Step = ({ connection }) => connection.end();
const acknowledge: Step = ({ connection }) => connection.acknowledge();
const send: Step = ({ bench }) => bench.send(0, [1, 2, 3]);

const TRANSITIONS: [string, string, Step, string, number][] = [
  ['INIT', 'LISTEN', order('LISTEN'), 'LISTEN', 0],
  ['LISTEN', 'a SYN that is not yet acknowledged', WAYS.SYNRECV.at(-1)!, 'SYNRECV', 0],
  ['SYNRECV', 'the handshake is done', establish, 'ESTABLISHED', SnIr.CON],
  ['SYNRECV', 'no answer', after(TCP_TO), 'CLOSED', SnIr.TIMEOUT],
  ['SYNRECV', 'RST', reset, 'CLOSED', SnIr.DISCON],
  ['INIT', 'CONNECT', WAYS.SYNSENT.at(-1)!, 'SYNSENT', 0],
  ['SYNSENT', 'the handshake is done', establish, 'ESTABLISHED', SnIr.CON],
  ['SYNSENT', 'no answer for nearly long enough', after(TCP_TO - 1), 'SYNSENT', 0],
  ['SYNSENT', 'no answer', after(TCP_TO), 'CLOSED', SnIr.TIMEOUT],
  ['SYNSENT', 'RST', reset, 'CLOSED', SnIr.DISCON],
  ['ESTABLISHED', 'data', ({ connection }) => connection.deliver(1), 'ESTABLISHED', SnIr.RECV],
  ['ESTABLISHED', 'SEND that is not acknowledged yet', send, 'ESTABLISHED', 0],
  ['ESTABLISHED', 'nothing for an hour', after(3600 * SECOND), 'ESTABLISHED', 0],
  ['ESTABLISHED', 'FIN', end, 'CLOSE_WAIT', SnIr.DISCON],
  ['ESTABLISHED', 'RST', reset, 'CLOSED', SnIr.DISCON],
  ['ESTABLISHED', 'DISCON', order('DISCON'), 'FIN_WAIT', 0],
  ['FIN_WAIT', 'the acknowledgement of FIN', acknowledge, 'FIN_WAIT', 0],
  ['FIN_WAIT', 'no answer', after(TCP_TO), 'CLOSED', SnIr.TIMEOUT],
  ['FIN_WAIT', 'no FIN', (scene) => (acknowledge(scene), after(TCP_TO)(scene)), 'CLOSED', SnIr.TIMEOUT],
  ['FIN_WAIT', 'FIN of the peer first', end, 'CLOSING', 0],
  ['FIN_WAIT', 'RST', reset, 'CLOSED', SnIr.DISCON],
  ['FIN_WAIT', 'data on its way', ({ connection }) => connection.deliver(1), 'FIN_WAIT', SnIr.RECV],
  ['FIN_WAIT', 'acknowledgement and FIN', (scene) => (acknowledge(scene), end(scene)), 'TIME_WAIT', 0],
  ['CLOSING', 'the acknowledgement of FIN', acknowledge, 'TIME_WAIT', 0],
  ['CLOSING', 'no answer', after(TCP_TO), 'CLOSED', SnIr.TIMEOUT],
  ['TIME_WAIT', 'its time', after(200 * MILLISECOND), 'CLOSED', SnIr.DISCON],
  ['CLOSE_WAIT', 'SEND', (scene) => (send(scene), acknowledge(scene)), 'CLOSE_WAIT', SnIr.SENDOK],
  ['CLOSE_WAIT', 'nothing for an hour', after(3600 * SECOND), 'CLOSE_WAIT', 0],
  ['CLOSE_WAIT', 'DISCON', order('DISCON'), 'LAST_ACK', 0],
  ['CLOSE_WAIT', 'RST', reset, 'CLOSED', SnIr.DISCON],
  ['LAST_ACK', 'the acknowledgement of FIN', acknowledge, 'CLOSED', SnIr.DISCON],
  ['LAST_ACK', 'no answer', after(TCP_TO), 'CLOSED', SnIr.TIMEOUT],
  ...['INIT', 'LISTEN', 'SYNRECV', 'SYNSENT'].map(
    (status): [string, string, Step, string, number] => [status, 'DISCON', order('DISCON'), 'CLOSED', 0],
  ),
  ...Object.keys(WAYS).map(
    (status): [string, string, Step, string, number] => [status, 'CLOSE', order('CLOSE'), 'CLOSED', 0],
  ),
];

function scene(status: string): Scene {
  const made = { bench: new Bench().configure() } as Scene;
  for (const step of WAYS[status]!) step(made);
  assert.equal(nameOf(Status, made.bench.status(0)), status);
  made.bench.set(0, 'Sn_IR', 0xff);
  return made;
}

for (const [from, what, step, to, interrupts] of TRANSITIONS) {
  test(`${from}: ${what} -> ${to}`, () => {
    const { bench } = ((made) => (step(made), made))(scene(from));
    assert.equal(nameOf(Status, bench.status(0)), to);
    assert.equal(bench.byte(0, 'Sn_IR'), interrupts);
    assert.deepEqual(bench.chip.violations, []);
    if (to === 'CLOSED') assert.equal(bench.clock.pending, 0);
  });
}

// What a status does not allow changes nothing and is noted.
const ALLOWED: Record<string, string[]> = {
  INIT: ['LISTEN', 'CONNECT', 'DISCON'],
  LISTEN: ['DISCON'],
  SYNRECV: ['DISCON'],
  SYNSENT: ['DISCON'],
  ESTABLISHED: ['DISCON', 'SEND', 'SEND_KEEP'],
  CLOSE_WAIT: ['DISCON', 'SEND', 'SEND_KEEP'],
};
for (const status of Object.keys(WAYS)) {
  for (const command of ['LISTEN', 'CONNECT', 'DISCON', 'SEND', 'SEND_MAC', 'SEND_KEEP'] as const) {
    if (ALLOWED[status]?.includes(command)) continue;
    test(`${command} in ${status} does nothing`, () => {
      const { bench } = scene(status);
      bench.order(0, command);
      assert.equal(nameOf(Status, bench.status(0)), status);
      assert.equal(bench.byte(0, 'Sn_IR'), 0);
      assert.equal(bench.chip.violations.length, 1);
    });
  }
}

test('a command is there until it is accepted, and the next before that is lost', () => {
  const bench = new Bench({ commandTime: 3 }).configure();
  bench.open(0, 'TCP', 5000);
  assert.equal(bench.byte(0, 'Sn_CR'), Command.OPEN);
  assert.equal(bench.status(0), Status.CLOSED);
  bench.order(0, 'LISTEN');
  assert.equal(bench.chip.violations.length, 1);
  bench.clock.advance(3);
  assert.equal(bench.byte(0, 'Sn_CR'), 0);
  assert.equal(bench.status(0), Status.INIT);
});

test('CONNECT without an answer to ARP: RCR + 1 requests, RTR apart, then TIMEOUT', () => {
  const bench = new Bench().configure();
  bench.setCommon('RTR', 0x01, 0xf4, 3); // 50 ms, RCR 3
  bench.open(0, 'TCP', 50000);
  bench.aim(0, [10, 0, 2, 77], 80);
  bench.order(0, 'CONNECT');
  for (const [time, requests] of [[0, 1], [49, 1], [1, 2], [50, 3], [50, 4], [49, 4]] as const) {
    bench.clock.advance(time * MILLISECOND);
    assert.equal(bench.network.arps.length, requests);
    assert.equal(bench.byte(0, 'Sn_IR'), 0);
  }
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.TIMEOUT);
  assert.equal(bench.status(0), Status.CLOSED);
  assert.deepEqual(new Set(bench.network.arps), new Set(['10.0.2.77']));
});

test('an answer to a later ARP request is in time, and one after CLOSE is not', () => {
  const bench = new Bench().configure();
  bench.network.loseArps = 2;
  bench.open(0, 'TCP', 50000);
  bench.aim(0, [10, 0, 2, 2], 80);
  bench.order(0, 'CONNECT');
  bench.clock.advance(399 * MILLISECOND);
  assert.equal(bench.status(0), Status.INIT);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.status(0), Status.ESTABLISHED);
  bench.order(0, 'CLOSE');
  bench.network.loseArps = 1;
  bench.order(0, 'OPEN');
  bench.order(0, 'CONNECT');
  bench.order(0, 'CLOSE');
  bench.clock.advance(10 * SECOND);
  assert.equal(bench.status(0), Status.CLOSED);
  assert.equal(bench.network.connections.length, 1);
});

test('beyond the subnet the gateway is asked for', () => {
  const bench = new Bench().configure();
  bench.open(0, 'TCP', 50000);
  bench.aim(0, [192, 0, 2, 7], 80);
  bench.order(0, 'CONNECT');
  assert.deepEqual(bench.network.arps, ['10.0.2.2']);
  assert.deepEqual(bench.network.connections[0]?.peer, { address: '192.0.2.7', port: 80 });
  assert.equal(bench.network.connections[0]?.localPort, 50000);
});

test('a server has its peer in Sn_DIPR, Sn_DPORT and Sn_DHAR', () => {
  const bench = new Bench().configure();
  bench.open(3, 'TCP', 5000);
  bench.order(3, 'LISTEN');
  bench.network.syn(5000, { address: '10.0.2.9', port: 0xabcd });
  assert.equal(bench.status(3), Status.ESTABLISHED);
  assert.deepEqual(bench.read(1, 3, 0x06, 12), [2, 0, 0, 0, 0, 9, 10, 0, 2, 9, 0xab, 0xcd]);
});

test('the socket that listened is the connection: a second SYN needs a second socket', () => {
  const bench = new Bench().configure();
  for (const number of [1, 4]) {
    bench.open(number, 'TCP', 5000);
    bench.order(number, 'LISTEN');
  }
  assert.notEqual(bench.network.syn(5000, PEER), undefined);
  assert.equal(bench.status(1), Status.ESTABLISHED);
  assert.equal(bench.status(4), Status.LISTEN);
  assert.notEqual(bench.network.syn(5000, PEER), undefined);
  assert.equal(bench.network.syn(5000, PEER), undefined);
  assert.equal(bench.network.syn(5001, PEER), undefined);
});

test('CLOSE while it listens: the next SYN is refused', () => {
  const { bench } = scene('LISTEN');
  bench.order(0, 'CLOSE');
  assert.equal(bench.network.listening, 0);
});

test('CLOSE sends no FIN, DISCON does', () => {
  const closed = scene('ESTABLISHED');
  closed.bench.order(0, 'CLOSE');
  assert.deepEqual([closed.connection.finishReceived, closed.connection.abandoned], [false, true]);
  const ended = scene('ESTABLISHED');
  ended.bench.order(0, 'DISCON');
  assert.deepEqual([ended.connection.finishReceived, ended.connection.abandoned], [true, false]);
});

test('Sn_TX_FSR grows with the acknowledgement, Sn_TX_RD with SEND', () => {
  const bench = new Bench({ initialPointer: 0xfff0 }).configure();
  const connection = bench.connected(0);
  connection.answers = false;
  assert.equal(bench.word(0, 'Sn_TX_FSR'), 2048);
  bench.send(0, counting(100));
  assert.equal(bench.word(0, 'Sn_TX_RD'), 0x0054);
  assert.equal(bench.word(0, 'Sn_TX_FSR'), 1948);
  assert.equal(bench.byte(0, 'Sn_IR'), 0);
  connection.acknowledge();
  assert.equal(bench.word(0, 'Sn_TX_FSR'), 2048);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.SENDOK);
  assert.deepEqual(connection.received, counting(100));
});

test('data stay with the peer while the RX buffer is full, until RECV', () => {
  const bench = new Bench({ initialPointer: 0xfc00 }).configure();
  const connection = bench.connected(0);
  connection.deliver(...counting(5000));
  connection.end();
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 2048);
  assert.equal(bench.word(0, 'Sn_RX_WR'), 0x0400);
  assert.equal(connection.waiting, 2952);
  // Sn_RX_RD alone frees nothing.
  bench.setWord(0, 'Sn_RX_RD', 0x0400);
  assert.equal(bench.word(0, 'Sn_RX_RSR'), 2048);
  bench.setWord(0, 'Sn_RX_RD', 0xfc00);
  assert.equal(bench.status(0), Status.ESTABLISHED);
  const received: number[] = [];
  while (bench.word(0, 'Sn_RX_RSR') > 0) {
    bench.set(0, 'Sn_IR', 0xff);
    received.push(...bench.receive(0, Math.min(1000, bench.word(0, 'Sn_RX_RSR'))));
  }
  assert.deepEqual(received, counting(5000));
  assert.equal(bench.status(0), Status.CLOSE_WAIT);
});

test('SEND without an acknowledgement: TIMEOUT after TCP_TO, unless the peer answers probes', () => {
  const dead = scene('ESTABLISHED');
  send(dead);
  dead.bench.clock.advance(TCP_TO - 1);
  assert.equal(dead.bench.status(0), Status.ESTABLISHED);
  dead.bench.clock.advance(1);
  assert.equal(dead.bench.status(0), Status.CLOSED);
  assert.equal(dead.bench.byte(0, 'Sn_IR'), SnIr.TIMEOUT);

  // A peer that reads nothing for an hour: its window is shut.
  const slow = scene('ESTABLISHED');
  send(slow);
  slow.connection.answers = true;
  slow.bench.clock.advance(3600 * SECOND);
  assert.equal(slow.bench.status(0), Status.ESTABLISHED);
  slow.connection.acknowledge();
  assert.equal(slow.bench.byte(0, 'Sn_IR'), SnIr.SENDOK);
});

test('after SENDOK nothing waits for an acknowledgement', () => {
  const { bench, connection } = scene('ESTABLISHED');
  bench.send(0, [1]);
  bench.clock.advance(TCP_TO - 1);
  connection.acknowledge();
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.SENDOK);
  assert.equal(bench.clock.pending, 0);
  bench.clock.advance(3600 * SECOND);
  assert.equal(bench.status(0), Status.ESTABLISHED);
});

test('of two SENDs the second is waited for as long as it takes, from its own beginning', () => {
  const { bench, connection } = scene('ESTABLISHED');
  bench.send(0, [1]);
  bench.clock.advance(TCP_TO - 1);
  bench.send(0, [2]);
  connection.acknowledge(1);
  bench.clock.advance(TCP_TO - 1);
  assert.equal(bench.status(0), Status.ESTABLISHED);
  bench.clock.advance(1);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.SENDOK | SnIr.TIMEOUT);
});

test('DISCON waits for the answer to FIN from its own beginning, whatever becomes of data before it', () => {
  for (const acknowledged of [0, 1]) {
    const { bench, connection } = scene('ESTABLISHED');
    bench.send(0, [1]);
    bench.clock.advance(20 * SECOND);
    bench.order(0, 'DISCON');
    bench.clock.advance(10 * SECOND);
    connection.acknowledge(acknowledged);
    bench.set(0, 'Sn_IR', SnIr.SENDOK);
    bench.clock.advance(TCP_TO - 10 * SECOND - 1);
    assert.equal(bench.status(0), Status.FIN_WAIT);
    bench.clock.advance(1);
    assert.equal(bench.status(0), Status.CLOSED);
    assert.equal(bench.byte(0, 'Sn_IR'), SnIr.TIMEOUT);
    assert.equal(bench.clock.pending, 0);
  }
});

test('an answer to ARP after TIMEOUT, and one after the socket was opened anew, begin nothing', () => {
  const bench = new Bench().configure();
  bench.network.holdArps = true;
  bench.open(0, 'TCP', 50000);
  bench.aim(0, [10, 0, 2, 2], 80);
  bench.order(0, 'CONNECT');
  bench.clock.advance(1800 * MILLISECOND);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.TIMEOUT);
  bench.order(0, 'OPEN');
  bench.network.answerArps();
  assert.equal(bench.status(0), Status.INIT);
  bench.order(0, 'CONNECT');
  bench.order(0, 'CLOSE');
  bench.order(0, 'OPEN');
  bench.network.answerArps();
  assert.equal(bench.status(0), Status.INIT);
  assert.equal(bench.network.connections.length, 0);
});

test('SEND before SENDOK, and of more than there is room for, is noted', () => {
  const early = scene('ESTABLISHED');
  send(early);
  send(early);
  assert.equal(early.bench.chip.violations.length, 1);
  const large = scene('ESTABLISHED');
  large.bench.send(0, counting(2049));
  assert.equal(large.bench.chip.violations.length, 1);
  assert.deepEqual(large.connection.received, []);
});

test('keep-alive: every Sn_KPALVTR x 5 s of silence, once there was data', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  bench.set(0, 'Sn_KPALVTR', 2);
  bench.clock.advance(60 * SECOND);
  assert.equal(connection.probes, 0);
  connection.deliver(1);
  bench.clock.advance(9 * SECOND);
  connection.deliver(1);
  bench.clock.advance(10 * SECOND - 1);
  assert.equal(connection.probes, 0);
  bench.clock.advance(1);
  assert.equal(connection.probes, 1);
  bench.clock.advance(30 * SECOND);
  assert.equal(connection.probes, 4);
  connection.answers = false;
  bench.set(0, 'Sn_IR', 0xff);
  bench.clock.advance(10 * SECOND + TCP_TO);
  assert.equal(connection.probes, 4 + 9);
  assert.equal(bench.status(0), Status.CLOSED);
  assert.equal(bench.byte(0, 'Sn_IR'), SnIr.TIMEOUT);
});

test('SEND_KEEP probes when Sn_KPALVTR is 0, and not otherwise', () => {
  const bench = new Bench().configure();
  const connection = bench.connected(0);
  bench.order(0, 'SEND_KEEP');
  assert.equal(connection.probes, 0);
  connection.deliver(1);
  bench.order(0, 'SEND_KEEP');
  assert.equal(connection.probes, 1);
  bench.set(0, 'Sn_KPALVTR', 100);
  bench.order(0, 'SEND_KEEP');
  assert.equal(connection.probes, 1);
});

for (const raises of [0, SnIr.DISCON, SnIr.TIMEOUT]) {
  test(`RST raises what the model was made with: ${raises}`, () => {
    const bench = new Bench({ resetRaises: raises }).configure();
    bench.connected(0).reset();
    assert.equal(bench.status(0), Status.CLOSED);
    assert.equal(bench.byte(0, 'Sn_IR'), raises);
  });
}

test('all eight sockets at once', () => {
  const bench = new Bench().configure();
  const connections = Array.from({ length: 8 }, (_, number) => bench.connected(number));
  connections.forEach((each, number) => each.deliver(number, number));
  for (let number = 0; number < 8; number += 1) assert.deepEqual(bench.receive(number), [number, number]);
});
