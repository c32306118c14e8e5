// A board and its W5500 in virtual time, on a network whose every datagram comes when the test says so.

import assert from 'node:assert';
import fs from 'node:fs';
import { test } from 'node:test';

import { model } from '../../embedded/emulator/modules.mjs';
import { CHIPS } from '../../embedded/emulator/rp2040_chips.mjs';
import { Machine } from '../../embedded/emulator/rp2040_machine.mjs';

const FIRMWARE = 'tests/device/w5500-evb-pico/w5500_bus.elf';
const PEER = { address: '10.0.2.2', port: 4711 };
const CTRL_C = 0x03;
const SECOND = 1e9;

const { FakeNetwork } = model('models/fake_network');
const { PostedNetwork } = model('models/posted_network');

// A board that runs until its program ends; what `events` has, [nanoseconds, action], happens at that time of its own.
function run(what, events = () => []) {
  const said = [];
  const complaints = [];
  const network = new FakeNetwork();
  let text = '';
  return new Promise((resolve) => {
    const machine = new Machine({
      elf: fs.readFileSync(FIRMWARE),
      line: `w5500_bus\x1f${what}`,
      virtual: true,
      say(byte) {
        if (byte === 0x0a) said.push([machine.clock.nanos, text.trimEnd()]);
        text = byte === 0x0a ? '' : text + String.fromCharCode(byte);
      },
      complain: (complaint) => complaints.push(complaint),
      ended: (status) => resolve({ status, said, complaints, network, frames }),
    });
    const frames = watch(machine);
    const chip = CHIPS.w5500(machine, new PostedNetwork(network, (event) => machine.post(event)), (each) => complaints.push(each));
    for (const [time, action] of events({ machine, network, chip })) machine.clock.createAlarm(action).schedule(time);
    machine.run();
  });
}

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
  const { status, complaints, frames } = await run('memory');
  assert.deepStrictEqual([status, complaints], [0, []]);
  const long = frames.filter(([bytes]) => bytes > 1000);
  assert.strictEqual(long.length, 3);
  // The wires take 32,000 cycles.
  for (const [, instructions] of long) assert.ok(instructions < 1000, `${instructions} instructions`);
});

const echoes = ({ machine, network }) => [
  ...[1, 2, 3600].map((seconds) => [
    seconds * SECOND,
    () => network.bound[0].events.datagram(PEER, Uint8Array.of(seconds & 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9), 'unicast'),
  ]),
  [4000 * SECOND, () => machine.press(CTRL_C)],
];

test('it wakes at the time of a datagram, and a run is the same each time', async () => {
  const runs = [];
  for (let i = 0; i < 2; ++i) {
    const { status, said, complaints, network, frames } = await run('echo', echoes);
    assert.deepStrictEqual([status, complaints], [0, []]);
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
