// A chip that does not answer, from the start or from some time on: the console tells, once.

import assert from 'node:assert';
import { test } from 'node:test';

import { Board, CTRL_C, SECOND } from './emulated.mjs';

// Between these times, in seconds, the chip notices nothing, and nothing is heard of it.
function silence(machine, ...times) {
  const silent = () => times.some(([from, to]) => machine.clock.nanos >= from * SECOND && machine.clock.nanos < to * SECOND);
  const connect = machine.connect.bind(machine);
  machine.connect = (wiring, chip) =>
    connect(wiring, {
      ...chip,
      select: () => (silent() ? undefined : chip.select()),
      transfer: (sent) => (silent() ? 0 : chip.transfer(sent)),
      deselect: () => (silent() ? undefined : chip.deselect()),
    });
}

for (const [machine, name] of [
  ['nano-rp2040-connect', 'NINA module'],
  ['w5500-evb-pico', 'W5500'],
]) {
  const warnings = ({ said }) =>
    said.filter(([, line]) => line.includes('does not answer')).map(([, line]) => line);
  const warning = `warn: the ${name} does not answer`;

  test(`a ${name} that never answers is told once`, async () => {
    const board = new Board('readme_echo_server', { machine });
    silence(board.machine, [0, Infinity]);
    board.at(20 * SECOND, () => board.press(CTRL_C));
    await board.run();
    assert.deepStrictEqual(warnings(board), [warning]);
    assert.ok(board.said.find(([, line]) => line === warning)[0] < 3 * SECOND);
  });

  test(`a ${name} that has answered in between is told of again`, async () => {
    const board = new Board('readme_echo_server', { machine });
    silence(board.machine, [0, 5], [20, 30]);
    board.at(19 * SECOND, () => assert.deepStrictEqual(warnings(board), [warning]));
    board.at(40 * SECOND, () => board.press(CTRL_C));
    await board.run();
    assert.deepStrictEqual(warnings(board), [warning, warning]);
    assert.ok(board.said.some(([time, line]) => time < 20 * SECOND && line.startsWith('info: the network is up')));
  });
}
