// What tests of boards in virtual time share: an emulated board with a chip, on a network that is in the test's hands.

import assert from 'node:assert';
import fs from 'node:fs';

import { model } from '../../embedded/emulator/modules.mjs';
import { CHIPS, clockOf } from '../../embedded/emulator/rp2040_chips.mjs';
import { Machine } from '../../embedded/emulator/rp2040_machine.mjs';

export const SECOND = 1e9;
export const CTRL_C = 0x03;
export const CTRL_T = 0x14;

const { DhcpNetwork } = model('models/dhcp_network');
const { FakeNetwork } = model('models/fake_network');
const { PostedNetwork } = model('models/posted_network');

export class Board {
  said = []; // [nanoseconds, line]
  complaints = [];

  // `line`: the program's name and arguments, separated by '\x1f'. `network`: makes the one beyond the cable, for a clock.
  constructor(program, { line = program, machine = 'w5500-evb-pico', network = () => new FakeNetwork() } = {}) {
    this.kind = machine === 'nano-rp2040-connect' ? 'nina' : 'w5500';
    let text = '';
    this.ended = new Promise((resolve) => {
      this.machine = new Machine({
        elf: fs.readFileSync(`tests/device/${machine}/${program}.elf`),
        line,
        virtual: true,
        say: (byte) => {
          if (byte === 0x0a) this.said.push([this.machine.clock.nanos, text.trimEnd()]);
          text = byte === 0x0a ? '' : text + String.fromCharCode(byte);
        },
        complain: (complaint) => this.complaints.push(complaint),
        ended: resolve,
      });
    });
    this.network = network(clockOf(this.machine));
    const posted = new PostedNetwork(this.network, (event) => this.machine.post(event));
    this.dhcp = new DhcpNetwork(posted, clockOf(this.machine));
  }

  // At that time of its own, in nanoseconds.
  at(time, action) {
    this.machine.clock.createAlarm(action).schedule(time - this.machine.clock.nanos);
  }

  press(key) {
    this.machine.press(key);
  }

  // Until the program ends; its status.
  run() {
    this.chip = CHIPS[this.kind](this.machine, this.dhcp, (complaint) => this.complaints.push(complaint));
    this.machine.run();
    return this.ended;
  }
}

const PORT = 5000;
const MESSAGE = [...Array(100).keys()];

// One connection to an echo server, from `time` on; `done` is called with whether it has echoed after a
// `patience`. Then it ends, and after another `leave` the server has ended its half too.
export function visit(board, time, port, done, patience = SECOND / 100, leave = SECOND / 200) {
  const { network } = board;
  let connection;
  board.at(time, () => {
    connection = network.syn(PORT, { address: '10.0.2.2', port });
    connection?.deliver(...MESSAGE);
  });
  board.at(time + patience, () => {
    done(connection?.received.join() === MESSAGE.join());
    connection?.end();
    network.connections.length = 0; // of 5,000 none is to be kept
  });
  board.at(time + patience + leave, () => {
    if (reaches(board)) assert.ok(connection.finishReceived, `port ${port}`);
  });
}

// Whether its cable is plugged in, or it is in the range of its Wi-Fi.
function reaches(board) {
  const { cable, air } = board.chip.pins();
  return (cable ?? air) === 1;
}

// The program is asked to end then, or by the test, has done nothing that the chip does not allow, and has all memory of its tasks back.
export async function end(board, time) {
  if (time !== undefined) board.at(time, () => board.press(CTRL_C));
  assert.strictEqual(await board.run(), 0);
  assert.deepStrictEqual(board.complaints, []);
  assert.match(board.said.at(-1)[1], /^info: in use: 0 bytes of memory in 0 blocks/);
}
