// A cable that is cut: what is lost, and what comes later.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cable } from './cable';
import { FakeNetwork, PEER_MAC } from './fake_network';
import type { Connection, ConnectionEvents } from './network';

const PEER = { address: '10.0.2.2', port: 4711 } as const;

/** A connection through a cable, with a list of what is heard of it. */
function connected() {
  const network = new FakeNetwork();
  const cable = new Cable(network);
  const connection = cable.connect(5000, PEER);
  const heard: string[] = [];
  const events: ConnectionEvents = {
    established: () => heard.push('established'),
    readable: () => heard.push(`readable ${[...connection.read(100)].join(' ')}`),
    finished: () => heard.push('finished'),
    finishAcknowledged: () => heard.push('finishAcknowledged'),
    reset: () => heard.push('reset'),
  };
  return { network, cable, connection, heard, events, peer: network.connections[0]! };
}

test('whole, it is not there', () => {
  const { connection, heard, events, peer } = connected();
  connection.start(events);
  peer.deliver(1, 2);
  connection.send(Uint8Array.of(3), () => heard.push('acknowledged'));
  connection.finish();
  peer.reset();
  assert.deepEqual(peer.received, [3]);
  assert.deepEqual(heard, ['established', 'readable 1 2', 'acknowledged', 'finishAcknowledged', 'reset']);
});

test('what a connection sends while it is cut goes out later, in its order', () => {
  const { cable, connection, heard, events, peer } = connected();
  cable.whole = false;
  connection.start(events);
  connection.send(Uint8Array.of(1), () => heard.push('acknowledged'));
  connection.send(Uint8Array.of(2), () => heard.push('acknowledged'));
  connection.finish();
  assert.deepEqual([peer.started, peer.received, peer.finishReceived, heard], [false, [], false, []]);
  cable.whole = true;
  assert.deepEqual([peer.started, peer.received, peer.finishReceived], [true, [1, 2], true]);
  assert.deepEqual(heard, ['established', 'acknowledged', 'acknowledged', 'finishAcknowledged']);
});

test('what the peer sends while it is cut comes later, and is not read before', () => {
  const { cable, connection, heard, events, peer } = connected();
  connection.start(events);
  peer.deliver(...Array<number>(101).fill(7));
  heard.length = 0;
  cable.whole = false;
  peer.deliver(8);
  peer.end();
  assert.deepEqual(connection.read(100), new Uint8Array());
  assert.equal(heard.length, 0);
  cable.whole = true;
  assert.equal(heard[0], 'readable 7 8');
  assert.deepEqual(heard.filter((each) => each === 'finished'), ['finished']);
});

test('what was left unread before it was cut is told again, once', () => {
  const { cable, connection, heard, events, peer } = connected();
  connection.start(events);
  peer.deliver(...Array<number>(101).fill(7));
  cable.whole = false;
  connection.read(100);
  connection.read(100);
  heard.length = 0;
  cable.whole = true;
  assert.deepEqual(heard, ['readable 7']);
});

test('an acknowledgement, a handshake and a RST on their way come later', () => {
  const { network, cable, heard, events } = connected();
  network.handshake = 'silent';
  const connection = cable.connect(5001, PEER);
  const peer = network.connections[1]!;
  connection.start(events);
  cable.whole = false;
  peer.establish();
  assert.equal(heard.length, 0);
  cable.whole = true;
  assert.deepEqual(heard, ['established']);
  peer.answers = false;
  connection.send(Uint8Array.of(1), () => heard.push('acknowledged'));
  cable.whole = false;
  peer.acknowledge();
  peer.reset();
  assert.deepEqual(heard, ['established']);
  cable.whole = true;
  assert.deepEqual(heard, ['established', 'acknowledged', 'reset']);
});

test('of an abandoned connection nothing is heard, and its peer hears of it later', () => {
  const { cable, connection, heard, events, peer } = connected();
  connection.start(events);
  cable.whole = false;
  connection.send(Uint8Array.of(1), () => heard.push('acknowledged'));
  peer.deliver(1);
  connection.abandon();
  assert.equal(peer.abandoned, false);
  cable.whole = true;
  assert.equal(peer.abandoned, true);
  assert.deepEqual([peer.received, heard], [[], ['established']]);
});

test('probes are lost, either way', () => {
  const { cable, connection, events, peer } = connected();
  connection.start(events);
  let answers = 0;
  connection.probe(() => (answers += 1));
  cable.whole = false;
  connection.probe(() => (answers += 1));
  cable.whole = true;
  assert.deepEqual([answers, peer.probes], [1, 1]);
});

test('who connects while it is cut is there later, if somebody listens still', () => {
  const network = new FakeNetwork();
  const cable = new Cable(network);
  const came: (Connection | undefined)[] = [];
  const listen = () => cable.listen(5000, (connection) => came.push(connection));
  listen();
  cable.whole = false;
  network.syn(5000, PEER);
  assert.deepEqual(came, []);
  cable.whole = true;
  assert.equal(came.length, 1);
  const second = listen();
  cable.whole = false;
  const refused = network.syn(5000, PEER)!;
  second.close();
  cable.whole = true;
  assert.deepEqual([came.length, refused.abandoned], [1, true]);
});

test('requests, datagrams and frames are lost', () => {
  const network = new FakeNetwork();
  const cable = new Cable(network);
  const heard: string[] = [];
  const datagrams = cable.bind(5000, undefined, {
    datagram: (_from, bytes) => heard.push(`datagram ${bytes.join(' ')}`),
    unreachable: () => heard.push('unreachable'),
  });
  const wire = cable.wire((frame) => heard.push(`frame ${frame.join(' ')}`));
  const exchange = (value: number): void => {
    datagrams.send(PEER, Uint8Array.of(value), PEER_MAC);
    network.bound[0]!.events.datagram(PEER, Uint8Array.of(value), 'unicast');
    network.bound[0]!.events.unreachable(PEER);
    wire.send(Uint8Array.of(value));
    network.frame(value);
    cable.arp('10.0.2.2', () => heard.push('arp'));
  };
  exchange(1);
  cable.whole = false;
  exchange(2);
  network.holdArps = true;
  cable.whole = true;
  cable.arp('10.0.2.2', () => heard.push('late arp'));
  cable.whole = false;
  network.answerArps();
  cable.whole = true;
  assert.deepEqual(heard, ['datagram 1', 'unreachable', 'frame 1', 'arp']);
  assert.deepEqual(network.sent.map((each) => each.bytes), [[1]]);
  assert.deepEqual(network.frames, [[1]]);
  assert.equal(network.arps.length, 2);
});
