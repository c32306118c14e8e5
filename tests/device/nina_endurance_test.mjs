// What a board with a NINA module bears: many connections, in virtual time.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, CTRL_C, end, SECOND } from './emulated.mjs';

const MILLISECOND = SECOND / 1000;
const LIMIT = SECOND; // for whatever is waited for
const PORT = 5000;
const MESSAGE = [...Array(100).keys()];
const CONNECTIONS = 5; // the module has six sockets, of which one listens

class Visits {
  constructor(board) {
    this.board = board;
  }

  // Calls `next` as soon as it is ready, to the millisecond.
  until(what, ready, next) {
    const began = this.board.machine.clock.nanos;
    const look = () => {
      const { nanos } = this.board.machine.clock;
      if (ready()) return next();
      assert.ok(nanos - began < LIMIT, what);
      this.board.at(nanos + MILLISECOND, look);
    };
    look();
  }

  // A connection from that port, once the board has echoed.
  echo(port, next) {
    const { network } = this.board;
    const connection = network.syn(PORT, { address: '10.0.2.2', port });
    assert.ok(connection, `nobody listens for ${port}`);
    connection.deliver(...MESSAGE);
    const echoed = () => connection.received.length === MESSAGE.length;
    this.until(`${port} is echoed`, echoed, () => {
      assert.deepStrictEqual(connection.received, MESSAGE);
      next(connection);
    });
  }

  // Ends it, once the board has done so too.
  leave(connection, next) {
    connection.end();
    this.until(`${connection.peer.port} is ended`, () => connection.finishReceived, () => {
      this.board.network.connections.length = 0; // of 5,000 none is to be kept
      next();
    });
  }
}

test('5,000 connections in turn leave no socket behind', async () => {
  const board = new Board('readme_echo_server', { machine: 'nano-rp2040-connect' });
  const visits = new Visits(board);
  let served = 0;
  const all = [];
  const inTurn = (i) => {
    if (i === 5000) return atOnce();
    visits.echo(10_000 + i, (connection) =>
      visits.leave(connection, () => {
        served += 1;
        assert.strictEqual(board.network.listening, 1);
        inTurn(i + 1);
      }),
    );
  };
  // What had leaked would be missing here.
  const atOnce = () =>
    visits.echo(20_000 + all.length, (connection) => {
      all.push(connection);
      if (all.length < CONNECTIONS) return atOnce();
      for (const each of all) visits.leave(each, () => {});
      board.at(board.machine.clock.nanos + SECOND, () => board.press(CTRL_C));
    });
  board.at(2 * SECOND, () => inTurn(0));
  await end(board);
  assert.strictEqual(served, 5000);
});
