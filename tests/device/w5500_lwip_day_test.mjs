// A day of a board with a W5500 under lwIP, in virtual time: some minutes.

import assert from 'node:assert';
import { test } from 'node:test';

import { end, SECOND } from './emulated.mjs';
import { boardWith, visit } from './wired.mjs';

test('a day of idling, of new connections and of pulled cables', async () => {
  const board = boardWith('readme_echo_server');
  board.network.lease = { ...board.network.lease, seconds: 7200 };
  const HOURS = 24;
  let served = 0;
  let unheard = 0;
  for (let minute = 5; minute < HOURS * 60; minute += 5) {
    const time = (minute * 60 + 1) * SECOND;
    // At half past each hour the cable is out for ten minutes. It is seen within a second.
    const out = minute % 60 >= 30 && minute % 60 < 40;
    if (minute % 60 === 30) board.at(time - SECOND, () => board.chip.set.cable(0));
    if (minute % 60 === 40) board.at(time - 5 * SECOND, () => board.chip.set.cable(1));
    visit(board, time, 10_000 + minute, (echoed) => {
      assert.strictEqual(echoed, !out, `minute ${minute}`);
      out ? ++unheard : ++served;
    });
  }
  await end(board, HOURS * 3600 * SECOND);
  assert.deepStrictEqual([served, unheard], [HOURS * 10 - 1, HOURS * 2]);
  // A lease of two hours is renewed every hour, and asked for anew with the cable.
  assert.ok(board.network.requests >= HOURS + 1, `${board.network.requests}`);
});
