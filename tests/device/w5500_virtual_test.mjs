// A board and its W5500 in virtual time, on a network whose every datagram comes when the test says so.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, CTRL_C, SECOND } from './emulated.mjs';

const PEER = { address: '10.0.2.2', port: 4711 };

// [bytes, instructions of the processor's] of each frame.
function watch(machine) {
  const frames = [];
  const { core } = machine;
  let instructions = 0;
  const execute = core.executeInstruction.bind(core);
  core.executeInstruction = () => {
    ++instructions;
    return execute();
  };
  const connect = machine.connect.bind(machine);
  machine.connect = (wiring, chip) => {
    let began = 0;
    let bytes = 0;
    connect(wiring, {
      ...chip,
      select() {
        began = instructions;
        bytes = 0;
        chip.select();
      },
      transfer(sent) {
        ++bytes;
        return chip.transfer(sent);
      },
      deselect() {
        if (bytes > 0) frames.push([bytes, instructions - began]);
        chip.deselect();
      },
    });
  };
  return frames;
}

test('the processor sleeps during a long transfer', async () => {
  const board = new Board('w5500_bus', { line: 'w5500_bus\x1fmemory' });
  const frames = watch(board.machine);
  assert.strictEqual(await board.run(), 0);
  assert.deepStrictEqual(board.complaints, []);
  const long = frames.filter(([bytes]) => bytes > 1000);
  assert.strictEqual(long.length, 3);
  // The wires take 32,000 cycles.
  for (const [, instructions] of long) assert.ok(instructions < 1000, `${instructions} instructions`);
});

test('it wakes at the time of a datagram, and a run is the same each time', async () => {
  const runs = [];
  for (let i = 0; i < 2; ++i) {
    const board = new Board('w5500_bus', { line: 'w5500_bus\x1fecho' });
    const { network, said } = board;
    const frames = watch(board.machine);
    for (const seconds of [1, 2, 3600]) {
      const bytes = Uint8Array.of(seconds & 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      board.at(seconds * SECOND, () => network.bound[0].events.datagram(PEER, bytes, 'unicast'));
    }
    board.at(4000 * SECOND, () => board.press(CTRL_C));
    assert.strictEqual(await board.run(), 0);
    assert.deepStrictEqual(board.complaints, []);
    assert.deepStrictEqual(network.sent.map(({ to, bytes }) => [to, bytes[0], bytes.length]), [
      [PEER, 1, 10],
      [PEER, 2, 10],
      [PEER, 3600 & 0xff, 10],
    ]);
    const [end, woken] = said.at(-1);
    assert.match(woken, /^woken [0-9]+$/);
    assert.ok(end >= 4000 * SECOND && end < 4000.1 * SECOND, `${end}`);
    runs.push([said, frames]);
  }
  assert.deepStrictEqual(runs[0], runs[1]);
});
