// What a board with a chip has its chip do before its program ends, in virtual time.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, SECOND } from './emulated.mjs';

const [W5500, NINA] = ['w5500-evb-pico', 'nano-rp2040-connect'];
const PATTERN = [...Array(3000).keys()].map((each) => each % 251);

// A board whose program sends 3,000 bytes to a peer, which acknowledges them from a time on: seconds after they were all
// written. How many seconds after that the program ends, with what status, and what the peer has got.
async function part(machine, acknowledges) {
  const line = ['farewell', '--host', '10.0.2.2', '--port', '4711', '--bytes', `${PATTERN.length}`].join('\x1f');
  const board = new Board('farewell', { line, machine });
  const { network } = board;
  const connect = network.connect.bind(network);
  let connection;
  network.connect = (...to) => {
    connection = connect(...to);
    connection.answers = acknowledges === 0;
    return connection;
  };
  const written = () => board.said.find(([, said]) => said === 'written')?.[0];
  const watch = () => {
    if (written() === undefined) {
      // What has no room in the chip is written as soon as the first of it is acknowledged.
      connection?.acknowledge(1);
      board.at(board.machine.clock.nanos + SECOND / 10, watch);
    } else {
      board.at(written() + acknowledges * SECOND, () => {
        connection.answers = true;
        connection.acknowledge();
      });
    }
  };
  if (acknowledges !== 0) board.at(SECOND / 10, watch);
  const status = await board.run();
  assert.deepStrictEqual(board.complaints, []);
  const seconds = (board.machine.clock.nanos - written()) / SECOND;
  return { status, seconds, received: connection.received, finished: connection.finishReceived };
}

test('a W5500 sends all, and then the end', async () => {
  const { status, seconds, received, finished } = await part(W5500, 0);
  assert.deepStrictEqual({ status, received, finished }, { status: 0, received: PATTERN, finished: true });
  assert.ok(seconds < 0.5, `${seconds}`);
});

test('a W5500 sends all, when its peer takes it late', async () => {
  const { status, seconds, received, finished } = await part(W5500, 10);
  assert.deepStrictEqual({ status, received, finished }, { status: 0, received: PATTERN, finished: true });
  assert.ok(seconds >= 10 && seconds < 11, `${seconds}`);
});

test('a W5500 whose peer takes nothing more is given up', async () => {
  const { status, seconds, finished } = await part(W5500, 60);
  assert.deepStrictEqual({ status, finished }, { status: 0, finished: false });
  assert.ok(seconds >= 20 && seconds < 21, `${seconds}`);
});

test('a NINA module is told of the end', async () => {
  const { status, seconds, received, finished } = await part(NINA, 0);
  assert.deepStrictEqual({ status, received, finished }, { status: 0, received: PATTERN, finished: true });
  assert.ok(seconds < 0.5, `${seconds}`);
});
