// A day of a board with a NINA module, in virtual time: some minutes.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, end, SECOND, visit } from './emulated.mjs';

const HOURS = 24;
const MINUTE = 60 * SECOND;
// The driver has nothing to do, and asks rarely.
const PATIENCE = 0.2 * SECOND;

test('a day of idling, of new connections and of lost Wi-Fi', async () => {
  const board = new Board('readme_echo_server', { machine: 'nano-rp2040-connect' });
  let served = 0;
  let unheard = 0;
  for (let minute = 5; minute < HOURS * 60; minute += 5) {
    const time = minute * MINUTE + SECOND;
    // At half past each hour it is out of range for ten minutes, at ten past the access point sends it away.
    const out = minute % 60 >= 30 && minute % 60 < 40;
    if (minute % 60 === 30) board.at(time - MINUTE, () => board.chip.set.air(0));
    if (minute % 60 === 40) board.at(time - MINUTE, () => board.chip.set.air(1));
    if (minute % 60 === 10) board.at(time - MINUTE, () => board.chip.faults['sent-away'](minute % 120 === 10 ? 4 : 8));
    visit(board, time, 10_000 + minute, (echoed) => {
      assert.strictEqual(echoed, !out, `minute ${minute}`);
      out ? ++unheard : ++served;
    }, PATIENCE, PATIENCE);
  }
  await end(board, HOURS * 3600 * SECOND);
  assert.deepStrictEqual([served, unheard], [HOURS * 10 - 1, HOURS * 2]);
});
