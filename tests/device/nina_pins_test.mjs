// The pins of the Nano RP2040 Connect's module, in virtual time: what is on them here only counts.

import assert from 'node:assert';
import fs from 'node:fs';
import { test } from 'node:test';

import { NANO_RP2040_CONNECT } from '../../embedded/emulator/rp2040_chips.mjs';
import { Machine } from '../../embedded/emulator/rp2040_machine.mjs';

const MILLISECOND = 1e6;

test('exchanges wait for READY, and GPIO0 wakes', async () => {
  const { interrupt, ready } = NANO_RP2040_CONNECT;
  const seen = []; // what happens on the pins
  const said = [];
  let text = '';
  let count = 100;
  let was = 1;
  const status = await new Promise((resolve) => {
    const machine = new Machine({
      elf: fs.readFileSync('tests/device/nano-rp2040-connect/nina_pins.elf'),
      virtual: true,
      say(byte) {
        if (byte === 0x0a) said.push(text.trimEnd());
        text = byte === 0x0a ? '' : text + String.fromCharCode(byte);
      },
      ended: resolve,
    });
    const later = (milliseconds, pin, level) =>
      machine.clock.createAlarm(() => machine.drive(pin, level)).schedule(milliseconds * MILLISECOND);
    machine.connect(NANO_RP2040_CONNECT, {
      select() {
        seen.push('select');
        later(3, ready, true);
      },
      transfer(sent) {
        seen.push(sent);
        return ++count;
      },
      deselect() {
        if (seen.length < 2 || seen.at(-1) === 'idle') return; // before the first
        seen.push('idle');
        later(7.5, ready, false);
      },
      set: {
        reset(level) {
          if (level === was) return;
          was = level;
          seen.push(`reset ${level}`);
          if (level === 1) later(20, ready, false);
        },
      },
    });
    machine.drive(ready, true);
    machine.drive(interrupt, false);
    later(200, interrupt, true);
    machine.run();
  });
  assert.strictEqual(status, 0);
  assert.deepStrictEqual(said.slice(0, 3), [
    'interrupted 0',
    'idle 20, busy 3, first 101, last 104',
    'idle 7, busy 3, first 105, last 124',
  ]);
  assert.match(said[3], /^interrupted 1, ms 20[0-2]$/);
  const bytes = [101, 102, 103, 104, ...Array(16).fill(0)];
  assert.deepStrictEqual(seen, [
    'reset 0', 'reset 1',
    'select', 0, 0, 0, 0, 'idle',
    'select', ...bytes, 'idle',
  ]);
});
