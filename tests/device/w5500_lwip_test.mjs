// A board with a W5500 that only carries frames, under lwIP, in virtual time: many connections, and what goes wrong.

import assert from 'node:assert';
import { test } from 'node:test';

import { CTRL_T, end, SECOND } from './emulated.mjs';
import { boardWith, MESSAGE, PORT, visit } from './wired.mjs';

const LONG = Array.from({ length: 60_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

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

test('5,000 connections in turn leave nothing of lwIP in use', async () => {
  const board = boardWith('readme_echo_server');
  let served = 0;
  const step = (i) => {
    // By the first time lwIP has asked thrice for routers, on its loopback too, where nobody takes it.
    if (i === 500 || i === 5000) board.press(CTRL_T);
    if (i === 5000) return;
    const time = (2 + i * 0.02) * SECOND;
    visit(board, time, 10_000 + i, (echoed) => {
      assert.ok(echoed, `connection ${i}`);
      ++served;
    });
    board.at(time + 0.019 * SECOND, () => step(i + 1));
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

test('a group is joined, heard and left', async () => {
  const board = boardWith('multicast_listener', 'multicast_listener\x1f--count\x1f1');
  const group = [239, 192, 0, 1];
  const [others, datagram] = [[239, 192, 0, 2], [...Buffer.from('Hello, group')]];
  board.at(3 * SECOND, () => {
    for (const to of [others, group]) board.network.emitDatagram([4000, 5000], to, datagram);
  });
  assert.strictEqual(await board.run(), 0);
  const lines = board.said.map(([, line]) => line);
  assert.deepStrictEqual(lines.filter((line) => line.startsWith('received')),
    ['received 12 bytes from 10.0.2.2:4000: Hello, group']);
  // RFC 2236, 2: a report of version 2, and that it leaves; their data come behind a header with an option.
  const igmp = board.network.heard.filter(([, packet]) => packet[9] === 2).map(([, packet]) => packet.slice(24));
  const of = (kind) => igmp.filter((each) => each[0] === kind && each.slice(4, 8).join() === group.join());
  assert.ok(of(0x16).length > 0);
  assert.strictEqual(of(0x17).length, 1);
});

test('a group is spoken to', async () => {
  const board = boardWith('multicast_sender');
  assert.strictEqual(await board.run(), 0);
  const sent = board.network.heard.filter(([, packet]) => packet[9] === 17);
  assert.deepStrictEqual(sent.map(([to, packet]) => [to, Buffer.from(packet.slice(28)).toString()]),
    [[[0x01, 0x00, 0x5e, 0x40, 0x00, 0x01], 'Hello, world']]);
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

test('a cable that is out at the start is told of once', async () => {
  const board = boardWith('link');
  board.at(0, () => board.chip.set.cable(0));
  board.at(10 * SECOND, () => board.chip.set.cable(1));
  await end(board, 16 * SECOND);
  const warnings = board.said.filter(([, line]) => line.startsWith('warn: '));
  assert.deepStrictEqual(warnings.map(([time, line]) => [Math.floor(time / SECOND), line]), [
    [3, 'warn: no link'],
  ]);
  assert.ok(board.said.some(([, line]) => line === 'up'));
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
