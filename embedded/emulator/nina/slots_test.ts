// The slots: servers, clients, datagrams, multicast, TLS and GPIO0 by the commands 28 to 46 (main/CommandHandler.cpp,
// and NetworkClient, NetworkServer and NetworkUDP of arduino-esp32), with what is wrong with them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, big, counting, little, little32, MILLISECOND, PEER, SECOND } from './bench';
import { CONNECT_TIME, PACKET } from './clients';
import type { TlsEvents, TlsIdentity, TlsProvider } from './tls';

const [TCP, UDP, TLS, MULTICAST] = [0, 1, 2, 3] as const;
const TO = [[10, 0, 2, 2], big(PEER.port)] as const;

const server = (bench: Bench, slot = 0, port = 5000): number => bench.byte('START_SERVER_TCP', big(port), slot, TCP);

const client = (bench: Bench, slot = 1) => {
  assert.deepEqual(bench.ask('START_CLIENT_TCP', ...TO, slot, TCP), [[1]]);
  return bench.network.connections.at(-1)!;
};

const available = (bench: Bench, ...values: number[]): number => {
  const [low = 0, high = 0] = bench.ask('AVAIL_DATA_TCP', ...values)[0]!;
  return low | (high << 8);
};

const read = (bench: Bench, slot: number, size = 1000): number[] =>
  bench.ask('GET_DATABUF_TCP', [slot], little(size))[0]!;

const arrive = (bench: Bench, bytes: readonly number[], port: number = PEER.port): void => {
  bench.network.bound.at(-1)!.events.datagram({ ...PEER, port }, Uint8Array.from(bytes), 'unicast');
};

test('GET_SOCKET reserves nothing, and 255 is none', () => {
  const bench = new Bench().joined();
  assert.deepEqual([bench.byte('GET_SOCKET'), bench.byte('GET_SOCKET')], [0, 0]);
  for (let slot = 0; slot < 6; slot += 1) bench.ask('START_SERVER_TCP', big(6000 + slot), slot, UDP);
  assert.equal(bench.byte('GET_SOCKET'), 0xff);
});

for (const order of ['AVAIL_DATA_TCP', 'GET_STATE_TCP', 'STOP_CLIENT_TCP', 'GET_REMOTE', 'SEND_UDP'] as const) {
  test(`${order} of a slot that is none is the end of the module`, () => {
    const bench = new Bench().booted();
    bench.send(order, 6);
    bench.clock.advance(100);
    assert.equal(bench.nina.readyPin, 1);
    assert.equal(bench.nina.violations.at(-1), 'crash: slot 6');
  });
}

test('a server: 255 until somebody comes, then the slot of the client, who can be read and written', () => {
  const bench = new Bench().joined();
  assert.equal(server(bench), 1);
  assert.deepEqual([bench.byte('GET_STATE_TCP', 0), bench.byte('GET_STATE_TCP', 1)], [1, 0]);
  assert.equal(available(bench, 0), 255);
  const peer = bench.network.syn(5000, PEER)!;
  assert.equal(available(bench, 0), 1);
  assert.equal(available(bench, 0), 255);
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 1), 4);
  assert.deepEqual(bench.ask('GET_REMOTE', 1), [[10, 0, 2, 2], big(PEER.port)]);
  peer.deliver(1, 2, 3);
  assert.equal(available(bench, 1), 3);
  assert.deepEqual([bench.byte('GET_DATA_TCP', 1, 1), bench.byte('GET_DATA_TCP', 1, 0)], [1, 1]);
  assert.deepEqual(read(bench, 1), [2, 3]);
  assert.deepEqual(read(bench, 1), []);
  assert.equal(bench.byte('GET_DATA_TCP', 1, 0), 0xff);
  assert.deepEqual(bench.ask('SEND_DATA_TCP', [1], [7, 8]), [little(2)]);
  assert.equal(bench.byte('DATA_SENT_TCP', 1), 1);
  assert.deepEqual(peer.received, [7, 8]);
  assert.deepEqual(bench.nina.violations, []);
});

test('a server asked to accept gives the first free slot', () => {
  const bench = new Bench().joined();
  server(bench, 3);
  assert.equal(available(bench, 3, 1), 255);
  bench.network.syn(5000, PEER);
  assert.equal(available(bench, 3, 1), 0);
});

test('who comes when no slot is free is dropped by one way of asking, and waits by the other', () => {
  for (const values of [[0], [0, 1]]) {
    const bench = new Bench().joined();
    server(bench);
    for (let slot = 1; slot < 6; slot += 1) {
      bench.ask('START_CLIENT_TCP', ...TO, slot, UDP);
      if (slot > 2) bench.ask('STOP_CLIENT_TCP', slot);
    }
    // Descriptors are left, slots are not.
    bench.nina.slots.all.forEach((each, slot) => slot > 0 && (each.mode = UDP));
    const peer = bench.network.syn(5000, PEER)!;
    assert.equal(available(bench, ...values), 255);
    assert.equal(peer.finishReceived, values.length === 1);
  }
});

test('STOP of a server slot frees it, and the server listens on: no command ends it', () => {
  const bench = new Bench().joined();
  server(bench);
  assert.equal(bench.byte('STOP_CLIENT_TCP', 0), 1);
  assert.equal(bench.byte('GET_SOCKET'), 0);
  assert.equal(bench.byte('GET_STATE_TCP', 0), 1);
  assert.equal(bench.network.listening, 1);
  // Another port there is promised, and is not.
  assert.equal(server(bench, 0, 5001), 1);
  assert.equal(bench.network.syn(5001, PEER), undefined);
  // What is a client there is taken for the server.
  const peer = client(bench, 0);
  peer.deliver(1);
  assert.equal(available(bench, 0), 255);
});

test('a server of a port that is in use: 0, and its descriptor is lost for good', () => {
  const bench = new Bench().joined();
  server(bench, 0);
  bench.ask('START_SERVER_TCP', big(5000), 1, TCP);
  assert.equal(bench.byte('START_SERVER_TCP', big(5000), 2, TCP), 0);
  assert.equal(bench.nina.lwip.free, 3);
  bench.ask('STOP_CLIENT_TCP', 2);
  assert.equal(bench.nina.lwip.free, 3);
});

test('a client blocks all until it is connected, or for three seconds; then it has no parameters', () => {
  const bench = new Bench().joined();
  bench.network.handshake = 'silent';
  bench.send('START_CLIENT_TCP', ...TO, 1, TCP);
  bench.clock.advance(CONNECT_TIME - MILLISECOND);
  assert.ok(!bench.answered);
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(bench.answer('START_CLIENT_TCP'), []);
  assert.equal(bench.nina.lwip.free, 6);
  bench.send('START_CLIENT_TCP', ...TO, 1, TCP);
  bench.clock.advance(SECOND);
  bench.network.connections[1]!.establish();
  assert.deepEqual(bench.answer('START_CLIENT_TCP'), [[1]]);
  bench.network.handshake = 'refuse';
  assert.deepEqual(bench.ask('START_CLIENT_TCP', ...TO, 2, TCP), []);
  assert.equal(bench.nina.lwip.free, 5);
});

test('a client of a name', () => {
  const bench = new Bench({ resolve: (name, then) => then(name === 'peer' ? '10.0.2.2' : undefined) }).joined();
  assert.deepEqual(bench.ask('START_CLIENT_TCP', 'peer', [0, 0, 0, 0], big(80), 1, TCP), [[1]]);
  assert.deepEqual(bench.network.connections[0]!.peer, { address: '10.0.2.2', port: 80 });
  assert.deepEqual(bench.ask('START_CLIENT_TCP', 'other', [0, 0, 0, 0], big(80), 2, TCP), []);
});

test('the state of a client: 4, and at the end 0, which frees the slot and not its descriptor', () => {
  const bench = new Bench().joined();
  const peer = client(bench, 0);
  peer.deliver(1);
  peer.end();
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 0), 4);
  assert.deepEqual(read(bench, 0), [1]);
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 0), 0);
  assert.equal(bench.byte('GET_SOCKET'), 0);
  assert.equal(bench.nina.lwip.free, 5);
  // The next one there lets it go.
  client(bench, 0);
  assert.equal(bench.nina.lwip.free, 5);
  assert.equal(peer.finishReceived, true);
});

test('a client of a server whose connection ends keeps its slot until STOP', () => {
  const bench = new Bench().joined();
  server(bench);
  const peer = bench.network.syn(5000, PEER)!;
  assert.equal(available(bench, 0), 1);
  peer.end();
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 1), 0);
  assert.equal(bench.byte('GET_SOCKET'), 2);
  bench.ask('STOP_CLIENT_TCP', 1);
  assert.equal(bench.byte('GET_SOCKET'), 1);
});

test('SEND_DATA to a peer that takes nothing: what has room, after ten seconds', () => {
  const bench = new Bench().joined();
  const peer = client(bench);
  peer.answers = false;
  assert.deepEqual(bench.ask('SEND_DATA_TCP', [1], counting(4000)), [little(4000)]);
  bench.send('SEND_DATA_TCP', [1], counting(4000));
  bench.clock.advance(10 * SECOND - MILLISECOND);
  assert.ok(!bench.answered);
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(bench.answer('SEND_DATA_TCP'), [little(0)]);
});

test('SEND_DATA to a peer that takes a little now and then: all of it, however long it is', () => {
  const bench = new Bench().joined();
  const peer = client(bench);
  peer.answers = false;
  for (let time = 0; time < 2; time += 1) bench.ask('SEND_DATA_TCP', [1], counting(2000));
  bench.send('SEND_DATA_TCP', [1], counting(4000));
  for (const count of [1, 2]) {
    bench.clock.advance(9 * SECOND);
    assert.ok(!bench.answered);
    peer.acknowledge(count);
  }
  assert.deepEqual(bench.answer('SEND_DATA_TCP'), [little(4000)]);
});

test('GET_DATABUF of more than the buffer holds is the end of the module', () => {
  const bench = new Bench().joined();
  client(bench).deliver(...counting(5000));
  bench.send('GET_DATABUF_TCP', [1], little(5000));
  bench.clock.advance(100);
  assert.match(bench.nina.violations[0] ?? '', /^crash: 45 GET_DATABUF_TCP/);
});

test('the Wi-Fi is lost: clients are at an end, and their slots free once they are asked; servers listen on', () => {
  const bench = new Bench().joined();
  server(bench, 0);
  client(bench, 1);
  bench.nina.station.drop(200);
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 1), 0);
  assert.equal(bench.byte('GET_SOCKET'), 1);
  assert.equal(bench.nina.lwip.free, 5);
  bench.clock.advance(SECOND);
  bench.network.syn(5000, PEER);
  assert.equal(available(bench, 0), 1);
});

test('datagrams: sent in one, received with the sender of the last one', () => {
  const bench = new Bench().joined();
  assert.equal(bench.byte('START_SERVER_TCP', big(5000), 2, UDP), 1);
  arrive(bench, [1, 2, 3]);
  arrive(bench, [4], 9);
  bench.clock.advance(MILLISECOND);
  assert.equal(available(bench, 2), 3);
  assert.deepEqual(read(bench, 2, 2), [1, 2]);
  assert.equal(available(bench, 2), 1);
  assert.deepEqual(bench.ask('GET_REMOTE', 2), [[10, 0, 2, 2], big(PEER.port)]);
  assert.deepEqual(read(bench, 2), [3]);
  assert.equal(available(bench, 2), 1);
  assert.deepEqual(bench.ask('GET_REMOTE', 2)[1], big(9));
  assert.deepEqual(bench.ask('START_CLIENT_TCP', ...TO, 2, UDP), [[1]]);
  assert.equal(bench.byte('INSERT_DATABUF', [2], [7, 8]), 1);
  assert.equal(bench.byte('INSERT_DATABUF', [2], [9]), 1);
  assert.equal(bench.byte('INSERT_DATABUF', [2], []), 0);
  assert.equal(bench.byte('SEND_UDP', 2), 1);
  assert.deepEqual(bench.network.sent.map(({ to, bytes }) => [to, bytes]), [[PEER, [7, 8, 9]]]);
});

test('more than a packet goes in two, the first of them at once', () => {
  const bench = new Bench().joined();
  bench.ask('START_CLIENT_TCP', ...TO, 0, UDP);
  bench.ask('INSERT_DATABUF', [0], counting(PACKET + 1));
  bench.ask('SEND_UDP', 0);
  assert.deepEqual(bench.network.sent.map((each) => each.bytes.length), [PACKET, 1]);
});

test('a datagram that comes between its beginning and its end has it sent to who sent that', () => {
  const bench = new Bench().joined();
  bench.ask('START_CLIENT_TCP', ...TO, 0, UDP);
  bench.ask('INSERT_DATABUF', [0], [1]);
  bench.ask('SEND_UDP', 0);
  bench.ask('START_CLIENT_TCP', ...TO, 0, UDP);
  bench.ask('INSERT_DATABUF', [0], [2]);
  arrive(bench, [3], 9);
  bench.clock.advance(MILLISECOND);
  bench.ask('SEND_UDP', 0);
  assert.deepEqual(bench.network.sent.map((each) => each.to.port), [PEER.port, 9]);
});

test('data for a datagram that has not begun are the end of the module', () => {
  const bench = new Bench().joined();
  bench.send('INSERT_DATABUF', [0], [1]);
  bench.clock.advance(100);
  assert.match(bench.nina.violations[0] ?? '', /^crash: /);
});

test('multicast: the group is joined, and STOP leaves it; what is no group fails', () => {
  const bench = new Bench().joined();
  assert.equal(bench.byte('START_SERVER_TCP', [239, 1, 2, 3], big(7000), 1, MULTICAST), 1);
  const { group, port } = bench.network.bound.at(-1)!;
  assert.deepEqual([group, port], ['239.1.2.3', 7000]);
  bench.network.bound.at(-1)!.events.datagram(PEER, Uint8Array.of(5), 'multicast');
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(read(bench, 1), [5]);
  bench.ask('STOP_CLIENT_TCP', 1);
  assert.equal(bench.network.bound.at(-1)!.open, false);
  assert.equal(bench.byte('START_SERVER_TCP', [10, 1, 2, 3], big(7000), 2, MULTICAST), 0);
});

test('GPIO0 is high while a slot has something, and low when it is read', () => {
  const bench = new Bench().joined();
  server(bench);
  bench.interrupts.length = 0;
  const peer = bench.network.syn(5000, PEER)!;
  bench.clock.advance(MILLISECOND);
  assert.deepEqual([bench.nina.gpio0Pin, bench.interrupts], [1, [1]]);
  available(bench, 0);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.nina.gpio0Pin, 0);
  peer.deliver(1, 2);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.nina.gpio0Pin, 1);
  read(bench, 1, 1);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.nina.gpio0Pin, 1);
  read(bench, 1, 1);
  bench.clock.advance(MILLISECOND);
  assert.deepEqual(bench.interrupts, [1, 0, 1, 0]);
});

test('GPIO0 knows nothing of the sockets of 70 to 7F', () => {
  const bench = new Bench().joined();
  const socket = bench.server();
  bench.interrupts.length = 0;
  bench.network.syn(5000, PEER);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.byte('POLL', socket), 1);
  assert.deepEqual(bench.interrupts, []);
});

test('a lost edge: GPIO0 stays low until the next look', () => {
  const bench = new Bench().joined();
  const peer = client(bench);
  bench.nina.faults.lostEdges = 1;
  peer.deliver(1);
  bench.clock.advance(SECOND);
  assert.equal(bench.nina.gpio0Pin, 0);
  bench.ask('GET_CONN_STATUS');
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.nina.gpio0Pin, 1);
});

test('a client that comes at the wrong moment is told of, and gone', () => {
  const bench = new Bench().joined();
  server(bench);
  bench.nina.faults.droppedClients = 1;
  const peer = bench.network.syn(5000, PEER)!;
  bench.clock.advance(10);
  assert.equal(peer.finishReceived, false);
  bench.clock.advance(MILLISECOND);
  assert.equal(peer.finishReceived, true);
  assert.equal(available(bench, 0), 255);
  bench.network.syn(5000, PEER);
  bench.clock.advance(MILLISECOND);
  assert.equal(available(bench, 0), 1);
});

/** Not TLS: the peer's first byte decides, 1 for secured; after that all bytes are turned over. */
function turned(identities: TlsIdentity[], closed: () => void = () => {}): TlsProvider {
  const over = (bytes: Uint8Array): Uint8Array => bytes.map((each) => each ^ 0xff);
  return (identity, events: TlsEvents) => {
    identities.push(identity);
    let shaken = false;
    events.output(Uint8Array.of(0x16));
    return {
      feed: (bytes) => {
        if (shaken) return events.data(over(bytes));
        shaken = true;
        if (bytes[0] === 1) events.secured();
        else events.failed();
      },
      end: () => events.ended(),
      write: (bytes) => events.output(over(bytes)),
      close: closed,
    };
  };
}

test('TLS: a client whose bytes go through it both ways; it blocks until the handshake is done', () => {
  const identities: TlsIdentity[] = [];
  const bench = new Bench({ tls: turned(identities), resolve: (_name, then) => then('10.0.2.2') }).joined();
  // Their ends are told by a zero, or the end of the command is part of them.
  bench.ask('SET_CLI_CERT', 'certificate\0');
  bench.ask('SET_PK', 'key\0');
  bench.send('START_CLIENT_TCP', 'peer.example', [0, 0, 0, 0], big(443), 1, TLS);
  bench.clock.advance(60 * SECOND);
  assert.ok(!bench.answered);
  const peer = bench.network.connections[0]!;
  assert.deepEqual(peer.received, [0x16]);
  peer.deliver(1);
  assert.deepEqual(bench.answer('START_CLIENT_TCP'), [[1]]);
  assert.deepEqual(identities, [{ host: 'peer.example', certificate: 'certificate', key: 'key' }]);
  assert.deepEqual(bench.ask('SEND_DATA_TCP', [1], [1, 2]), [little(2)]);
  assert.deepEqual(peer.received, [0x16, 0xfe, 0xfd]);
  peer.deliver(0xf0, 0xf1);
  bench.clock.advance(MILLISECOND);
  assert.equal(bench.nina.gpio0Pin, 1);
  assert.equal(available(bench, 1), 2);
  assert.deepEqual(read(bench, 1), [0x0f, 0x0e]);
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 1), 4);
  assert.deepEqual(bench.ask('GET_REMOTE', 1), [[10, 0, 2, 2], big(443)]);
  peer.end();
  assert.equal(bench.byte('GET_CLIENT_STATE_TCP', 1), 0);
  assert.equal(bench.byte('GET_SOCKET'), 0);
});

test('TLS that fails, and a second one beside the first, have no parameters', () => {
  let closed = 0;
  const bench = new Bench({ tls: turned([], () => (closed += 1)) }).joined();
  bench.send('START_CLIENT_TCP', ...TO, 0, TLS);
  bench.clock.advance(MILLISECOND);
  bench.network.connections[0]!.deliver(0);
  assert.deepEqual(bench.answer('START_CLIENT_TCP'), []);
  assert.equal(bench.nina.lwip.free, 6);
  bench.send('START_CLIENT_TCP', ...TO, 0, TLS);
  bench.clock.advance(MILLISECOND);
  bench.network.connections[1]!.deliver(1);
  assert.deepEqual(bench.answer('START_CLIENT_TCP'), [[1]]);
  assert.deepEqual(bench.ask('START_CLIENT_TCP', ...TO, 1, TLS), []);
  bench.ask('STOP_CLIENT_TCP', 0);
  assert.equal(bench.network.connections[1]!.finishReceived, true);
  bench.send('START_CLIENT_TCP', ...TO, 1, TLS);
  bench.clock.advance(MILLISECOND);
  bench.network.connections[2]!.deliver(1);
  assert.deepEqual(bench.answer('START_CLIENT_TCP'), [[1]]);
  assert.equal(closed, 2);
  bench.nina.resetPin = 0;
  assert.equal(closed, 3);
});

test('slots and the sockets of 70 to 7F share six descriptors', () => {
  const bench = new Bench().joined();
  for (let left = 6; left > 0; left -= 1) bench.socket('udp');
  assert.equal(server(bench), 0);
  assert.equal(bench.byte('START_SERVER_TCP', big(5000), 0, UDP), 0);
  assert.deepEqual(bench.ask('START_CLIENT_TCP', ...TO, 0, TCP), []);
  assert.deepEqual(bench.ask('IOCTL', 58, little32(0x4004667f), little32(0)), [little32(0)]);
});
