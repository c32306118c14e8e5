// A day of a board with a W5500, in virtual time: two minutes or so.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, end, SECOND, visit } from './emulated.mjs';

test('a day of idling, of new connections and of pulled cables', async () => {
  const board = new Board('readme_echo_server');
  board.dhcp.lease = { ...board.dhcp.lease, seconds: 7200 };
  const HOURS = 24;
  let served = 0;
  let unheard = 0;
  for (let minute = 5; minute < HOURS * 60; minute += 5) {
    const time = (minute * 60 + 1) * SECOND;
    // At half past each hour the cable is out for ten minutes.
    const out = minute % 60 >= 30 && minute % 60 < 40;
    if (minute % 60 === 30) board.at(time - SECOND, () => board.chip.set.cable(0));
    if (minute % 60 === 40) board.at(time - SECOND, () => board.chip.set.cable(1));
    visit(board, time, 10_000 + minute, (echoed) => {
      assert.strictEqual(echoed, !out, `minute ${minute}`);
      out ? ++unheard : ++served;
    });
  }
  await end(board, HOURS * 3600 * SECOND);
  assert.deepStrictEqual([served, unheard], [HOURS * 10 - 1, HOURS * 2]);
  // A lease of two hours is renewed every hour.
  assert.ok(board.dhcp.asked.length >= HOURS + 1, `${board.dhcp.asked.length}`);
});
