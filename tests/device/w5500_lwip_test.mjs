// A board with a W5500 that only carries frames, under lwIP, in virtual time: many connections, and what goes wrong.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, CTRL_C, CTRL_T, SECOND } from './emulated.mjs';
import { FrameHost } from './frame_host.mjs';

const PORT = 5000;
const MESSAGE = [...Array(100).keys()];
const LONG = Array.from({ length: 60_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

const boardWith = (program) =>
  new Board(program, { machine: 'w5500-evb-pico-lwip', network: (clock) => new FrameHost(clock) });

// What lwIP says is in use of its pools and heap, by their names, each time that it was asked.
function pools(board) {
  const found = [];
  for (const [, line] of board.said) {
    if (line.startsWith('info: in use: ')) found.push({});
    const pool = /^info: (\w+) of lwIP: (\d+) of \d+, at most \d+, (\d+) refused$/.exec(line);
    if (pool !== null) found.at(-1)[pool[1]] = [Number(pool[2]), Number(pool[3])];
  }
  return found;
}

async function end(board, time) {
  board.at(time, () => board.press(CTRL_C));
  assert.strictEqual(await board.run(), 0);
  assert.deepStrictEqual(board.complaints, []);
  const use = board.said.findLast(([, line]) => line.startsWith('info: in use: '));
  assert.match(use[1], /^info: in use: 0 bytes of memory in 0 blocks/);
}

test('5,000 connections in turn leave nothing of lwIP in use', async () => {
  const board = boardWith('readme_echo_server');
  const { network } = board;
  let served = 0;
  const step = (i) => {
    // By the first time lwIP has asked thrice for routers, on its loopback too, where nobody takes it.
    if (i === 500 || i === 5000) board.press(CTRL_T);
    if (i === 5000) return;
    const time = (2 + i * 0.02) * SECOND;
    let connection;
    board.at(time, () => {
      connection = network.connect(10_000 + i, PORT);
      connection.send(MESSAGE);
    });
    board.at(time + 0.01 * SECOND, () => {
      assert.deepStrictEqual(connection.received, MESSAGE, `connection ${i}`);
      connection.end();
    });
    board.at(time + 0.019 * SECOND, () => {
      assert.ok(connection.over, `connection ${i}`);
      network.forget(10_000 + i);
      ++served;
      step(i + 1);
    });
  };
  board.at(SECOND, () => step(0));
  await end(board, 103 * SECOND);
  assert.strictEqual(served, 5000);
  const [early, late] = pools(board);
  assert.deepStrictEqual(late, early);
  assert.deepStrictEqual(late.TCP_PCB, [0, 0]);
});

// A long echo, while `spoil` does something to the chip. It is given how much has come back so far.
async function echoBeside(spoil, seconds = 30) {
  const board = boardWith('readme_echo_server');
  let connection;
  board.at(2 * SECOND, () => {
    connection = board.network.connect(10_000, PORT);
    connection.send(LONG);
  });
  let spoilt = 0;
  const once = (bytes, action) => {
    const look = () => {
      if (connection.received.length < bytes) {
        board.at(board.machine.clock.nanos + SECOND / 10_000, look);
        return;
      }
      assert.ok(connection.received.length < LONG.length);
      action();
      ++spoilt;
    };
    board.at(2.001 * SECOND, look);
  };
  const wanted = spoil(board, once);
  board.at((2 + seconds) * SECOND, () => {
    assert.strictEqual(connection.received.length, LONG.length);
    assert.deepStrictEqual(connection.received, LONG);
    connection.end();
  });
  await end(board, (3 + seconds) * SECOND);
  assert.ok(connection.over && !connection.reset);
  assert.strictEqual(spoilt, wanted);
  return board;
}

const PLACES = [2000, 10_000, 30_000, 50_000]; // bytes

test('a chip that resets itself amid a transfer loses nothing of it', async () => {
  await echoBeside((board, once) => {
    for (const [i, bytes] of PLACES.entries()) {
      once(bytes, () => board.chip.faults['reset-after'](1 + 230 * i));
    }
    return PLACES.length;
  });
});

test('nor do bytes that are read wrong, lost interrupts and torn registers', async () => {
  await echoBeside((board, once) => {
    for (const bytes of PLACES) {
      for (const fault of ['junk-bytes', 'lost-edges', 'torn-reads']) once(bytes, () => board.chip.faults[fault](3));
    }
    return 3 * PLACES.length;
  });
});

test('nor does a cable that is pulled out and plugged in again', async () => {
  await echoBeside((board, once) => {
    for (const bytes of PLACES) {
      once(bytes, () => {
        board.chip.set.cable(0);
        board.at(board.machine.clock.nanos + 3 * SECOND, () => board.chip.set.cable(1));
      });
    }
    return PLACES.length;
  }, 100);
});

test('a cable is seen within a second, both ways', async () => {
  const board = boardWith('link');
  board.at(5 * SECOND, () => board.chip.set.cable(0));
  board.at(8 * SECOND, () => board.chip.set.cable(1));
  await end(board, 12 * SECOND);
  const told = board.said.filter(([, line]) => line === 'up' || line === 'down');
  assert.deepStrictEqual(told.map(([, line]) => line), ['up', 'down', 'up']);
  const late = [5, 8].map((moved, i) => told[i + 1][0] - moved * SECOND);
  assert.ok(late.every((each) => each > 0 && each < 1.01 * SECOND), `${late}`);
});

test('a chip that has reset itself while nothing went on answers after a second', async () => {
  const board = boardWith('readme_echo_server');
  let connection;
  board.at(20 * SECOND, () => board.chip.faults['reset-after'](1));
  board.at(23 * SECOND, () => {
    connection = board.network.connect(10_000, PORT);
    connection.send(MESSAGE);
  });
  board.at(23.1 * SECOND, () => {
    assert.deepStrictEqual(connection.received, MESSAGE);
    connection.end();
  });
  await end(board, 24 * SECOND);
});
