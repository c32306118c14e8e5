// How a board with a W5500 gets its address and keeps it (RFC 2131), in virtual time.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, CTRL_C, SECOND } from './emulated.mjs';

const [DISCOVER, REQUEST] = [1, 3];
const EVERYBODY = '255.255.255.255';
const SERVER = '10.0.2.2';

// A board with an echo server, whose network gives an address for `seconds`.
function boardWith(seconds) {
  const board = new Board('readme_echo_server');
  board.dhcp.lease = { ...board.dhcp.lease, seconds };
  return board;
}

const asked = ({ dhcp }) => dhcp.asked.map(({ to, type }) => [to, type]);
const times = ({ dhcp }) => dhcp.asked.map(({ time }) => time / 1e6);
const lines = ({ said }) => said.map(([, line]) => line);

async function end(board, seconds) {
  board.at(seconds * SECOND, () => board.press(CTRL_C));
  assert.strictEqual(await board.run(), 0);
  assert.deepStrictEqual(board.complaints, []);
}

// What the chip itself has, in its registers SIPR, SUBR, GAR.
const addresses = ({ chip }) => {
  const read = (at) => {
    chip.select();
    const bytes = [0, at, 0, 0, 0, 0, 0].map((each) => chip.transfer(each)).slice(3);
    chip.deselect();
    return bytes.join('.');
  };
  return [0x0f, 0x05, 0x01].map(read);
};

test('it asks, takes what is offered, and is up', async () => {
  const board = boardWith(86400);
  let seen;
  board.at(9 * SECOND, () => (seen = addresses(board)));
  await end(board, 10);
  assert.deepStrictEqual(asked(board), [[EVERYBODY, DISCOVER], [EVERYBODY, REQUEST]]);
  assert.deepStrictEqual(seen, ['10.0.2.15', '255.255.255.0', '10.0.2.2']);
  assert.ok(lines(board).includes('info: the network is up, this host has 10.0.2.15'));
  // The socket that it used is free: nothing is bound any more.
  assert.ok(board.said.find(([, line]) => line.includes('is up'))[0] < SECOND);
});

const warnings = ({ said }) => said.filter(([, line]) => line.startsWith('warn: '))
  .map(([time, line]) => [Math.floor(time / SECOND), line.slice(6)]);

for (const [cable, lacks] of [[0, 'no link'], [1, 'no address']]) {
  test(`what keeps it waiting is told once: ${lacks}`, async () => {
    const board = boardWith(86400);
    board.dhcp.silent = true;
    board.at(0, () => board.chip.set.cable(cable));
    await end(board, 60);
    assert.deepStrictEqual(warnings(board), [[3, lacks]]);
  });
}

test('nothing is told of a start in time', async () => {
  const board = boardWith(86400);
  await end(board, 10);
  assert.deepStrictEqual(warnings(board), []);
});

test('it asks again until there is a server, less and less often', async () => {
  const board = boardWith(86400);
  board.dhcp.silent = true;
  board.at(200 * SECOND, () => (board.dhcp.silent = false));
  await end(board, 300);
  const begun = times(board);
  const pauses = begun.slice(1, -1).map((time, i) => time - begun[i]);
  // RFC 2131, 4.1: 4, 8, 16, 32, 64 seconds, give or take a second by chance.
  for (const [i, pause] of pauses.entries()) {
    assert.ok(Math.abs(pause - 4 * 2 ** Math.min(i, 4)) < 1.1, `${pauses}`);
  }
  assert.ok(pauses.length >= 5, `${pauses}`);
  assert.deepStrictEqual(asked(board).slice(-2), [[EVERYBODY, DISCOVER], [EVERYBODY, REQUEST]]);
});

test('a server that offers and gives nothing is left after four requests', async () => {
  const board = boardWith(86400);
  const { dhcp } = board;
  Object.defineProperty(dhcp, 'silent', { get: () => dhcp.asked.at(-1).type === REQUEST });
  await end(board, 100);
  const kinds = asked(board).map(([, type]) => type);
  assert.deepStrictEqual(kinds.slice(0, 6), [DISCOVER, REQUEST, REQUEST, REQUEST, REQUEST, DISCOVER]);
});

test('it renews with its server, half way through', async () => {
  const board = boardWith(1000);
  await end(board, 2400);
  assert.deepStrictEqual(asked(board).slice(2), [[SERVER, REQUEST], [SERVER, REQUEST], [SERVER, REQUEST], [SERVER, REQUEST]]);
  const [, first] = times(board);
  const at = times(board).slice(2).map((time) => Math.round(time - first));
  assert.deepStrictEqual(at, [500, 1000, 1500, 2000]);
});

test('it goes on with another server, or loses its address in time', async () => {
  const board = boardWith(1000);
  board.at(400 * SECOND, () => (board.dhcp.silent = true));
  const seen = [];
  for (const time of [499, 999, 1002]) board.at(time * SECOND, () => seen.push(addresses(board)[0]));
  await end(board, 1010);
  assert.deepStrictEqual(seen, ['10.0.2.15', '10.0.2.15', '0.0.0.0']);
  const kinds = asked(board).slice(2).map(([to, type]) => `${to} ${type}`);
  // 4.4.5: its own until seven eighths, then any; then it begins anew.
  assert.deepStrictEqual([...new Set(kinds)], [`${SERVER} ${REQUEST}`, `${EVERYBODY} ${REQUEST}`, `${EVERYBODY} ${DISCOVER}`]);
  const rebinds = board.dhcp.asked.slice(2).find(({ to }) => to === EVERYBODY);
  assert.ok(rebinds.time / 1e6 >= 875 && rebinds.time / 1e6 < 940, `${rebinds.time}`);
});

test('a refusal has it begin anew', async () => {
  const board = boardWith(1000);
  board.at(100 * SECOND, () => (board.dhcp.lease = { ...board.dhcp.lease, client: '10.0.2.77' }));
  let seen;
  board.at(599 * SECOND, () => (seen = addresses(board)[0]));
  await end(board, 600);
  assert.deepStrictEqual(asked(board).slice(2), [[SERVER, REQUEST], [EVERYBODY, DISCOVER], [EVERYBODY, REQUEST]]);
  assert.strictEqual(seen, '10.0.2.77');
});

test('a chip that was reset goes on with its lease', async () => {
  const board = boardWith(1000);
  let seen;
  board.at(100 * SECOND, () => board.chip.faults['reset-after'](1));
  board.at(110 * SECOND, () => (seen = addresses(board)[0]));
  await end(board, 600);
  assert.strictEqual(seen, '10.0.2.15');
  assert.deepStrictEqual(asked(board), [[EVERYBODY, DISCOVER], [EVERYBODY, REQUEST], [SERVER, REQUEST]]);
});
