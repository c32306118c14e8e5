// What a board with a W5500 bears: many connections, in virtual time.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, end, SECOND, visit } from './emulated.mjs';

const STANDBY = 2; // sockets that listen (embedded/offload/w5500)

test('5,000 connections in turn leave no socket behind', async () => {
  const board = new Board('readme_echo_server');
  let served = 0;
  const step = (i) => {
    if (i === 5000) return;
    const time = (2 + i * 0.02) * SECOND;
    visit(board, time, 10_000 + i, (echoed) => {
      assert.ok(echoed, `connection ${i}`);
      ++served;
    });
    board.at(time + 0.019 * SECOND, () => {
      assert.strictEqual(board.network.listening, STANDBY);
      step(i + 1);
    });
  };
  board.at(SECOND, () => step(0));
  await end(board, 103 * SECOND);
  assert.strictEqual(served, 5000);
});
