// Boards whose chip carries frames for lwIP, in virtual time, and visits to an echo server of theirs.

import assert from 'node:assert';

import { Board, SECOND } from './emulated.mjs';
import { FrameHost } from './frame_host.mjs';

export const PORT = 5000;
export const MESSAGE = [...Array(100).keys()];

export const boardWith = (program, line = program) =>
  new Board(program, { line, machine: 'w5500-evb-pico-lwip', network: (clock) => new FrameHost(clock) });

// One connection from `time` on; `done` is called with whether it has echoed.
export function visit(board, time, own, done) {
  const { network } = board;
  let connection;
  board.at(time, () => {
    connection = network.connect(own, PORT);
    connection.send(MESSAGE);
  });
  board.at(time + SECOND / 100, () => {
    done(connection.received.join() === MESSAGE.join());
    connection.end();
  });
  // The server ends its half too.
  board.at(time + SECOND / 66, () => {
    if (board.chip.pins().cable === 1) assert.ok(connection.over);
    network.forget(own);
  });
}
