// Connections that a board with a W5500 has ended and whose peers do not: in virtual time, as they last.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, end, SECOND } from './emulated.mjs';

const PORT = 5000;
const SOCKETS = 8;
const STANDBY = 2; // sockets that listen (embedded/offload/w5500)
const LONG_ENOUGH = 20; // seconds
const MESSAGE = [...Array(100).keys()];
const [LISTEN, LAST_ACK] = [0x14, 0x1d]; // of Sn_SR

// What the chip's sockets are at, of which as many as it has bytes on SPI are read.
function statuses({ chip }) {
  return [...Array(SOCKETS).keys()].map((number) => {
    chip.select();
    const bytes = [0, 3, (4 * number + 1) << 3, 0].map((each) => chip.transfer(each));
    chip.deselect();
    return bytes[3];
  });
}

// At `time`: sends a message and its end, so that the server ends as well; `meanwhile` before its end. Gives the connection, then.
function visit(board, time, port, meanwhile) {
  const visitor = {};
  board.at(time, () => {
    visitor.connection = board.network.syn(PORT, { address: '10.0.2.2', port });
    meanwhile.before?.(visitor.connection);
    visitor.connection.deliver(...MESSAGE);
  });
  board.at(time + SECOND / 10, () => {
    meanwhile.after?.(visitor.connection);
    visitor.connection.end();
  });
  return visitor;
}

// It has all, and acknowledges no FIN.
const neverEnds = { after: (connection) => (connection.answers = false) };
// It is there, and has no room for what it is sent.
const neverReads = {
  before(connection) {
    connection.answers = false;
    connection.probe = (answered) => answered();
  },
};

test('a socket of which only the end is missing is closed after 20 seconds', async () => {
  const board = new Board('readme_echo_server');
  const visitor = visit(board, 2 * SECOND, 10_000, neverEnds);
  const seen = [];
  for (const time of [3, LONG_ENOUGH + 1.5, LONG_ENOUGH + 3]) {
    board.at(time * SECOND, () => {
      const all = statuses(board);
      seen.push([LISTEN, LAST_ACK].map((status) => all.filter((each) => each === status).length));
    });
  }
  await end(board, 30 * SECOND);
  assert.deepStrictEqual(visitor.connection.received, MESSAGE);
  assert.ok(visitor.connection.finishReceived);
  assert.ok(visitor.connection.abandoned);
  assert.deepStrictEqual(seen, [[STANDBY, 1], [STANDBY, 1], [STANDBY, 0]]);
});

test('one whose peer does not read is given up for another connection, but not before 20 seconds', async () => {
  const board = new Board('readme_echo_server');
  const visitors = [];
  // As many as the chip has sockets; each one later than the one before.
  for (let i = 0; i < SOCKETS; ++i) visitors.push(visit(board, (2 + i) * SECOND, 10_000 + i, neverReads));
  const listening = [];
  const abandoned = () => visitors.filter(({ connection }) => connection.abandoned).length;
  // The first has left at 2.1 s, the second at 3.1 s.
  for (const time of [10, LONG_ENOUGH + 1.5, LONG_ENOUGH + 2.8, LONG_ENOUGH + 3.8, LONG_ENOUGH + 5.8]) {
    board.at(time * SECOND, () => listening.push([board.network.listening, abandoned()]));
  }
  let echoed;
  board.at((LONG_ENOUGH + 6) * SECOND, () => {
    const connection = board.network.syn(PORT, { address: '10.0.2.2', port: 11_000 });
    connection.deliver(...MESSAGE);
    board.at((LONG_ENOUGH + 7) * SECOND, () => {
      echoed = connection.received;
      connection.end();
    });
  });
  await end(board, 40 * SECOND);
  assert.deepStrictEqual(listening, [[0, 0], [0, 0], [1, 1], [STANDBY, 2], [STANDBY, 2]]);
  assert.deepStrictEqual(echoed, MESSAGE);
});
