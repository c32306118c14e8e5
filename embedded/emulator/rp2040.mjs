#!/usr/bin/env node
// Runs firmware for a board with an RP2040 as if it were a program of this computer.
//
//     rp2040.mjs [--virtual] FIRMWARE ARGUMENTS…
//
// The board's console is this program's output, and standard input is what is typed there. SIGINT and SIGTERM reach the
// firmware as Ctrl-C, SIGUSR1 as Ctrl-T. The exit status is the firmware's; 70 after a fault. With --virtual time jumps
// to the next alarm whenever the processor sleeps.

import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { Machine } from './rp2040_machine.mjs';

const CTRL_C = 0x03;
const CTRL_T = 0x14;
const CTRL_BACKSLASH = 0x1c;
const LONGEST_LINE = 766; // what embedded/runtime/cortex_m/startup.cc has room for

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

const words = process.argv.slice(2);
let virtual = false;
while (words[0]?.startsWith('--')) {
  const option = words.shift();
  if (option === '--') break;
  if (option !== '--virtual') fail(`${option} is no option of the emulator; it has --virtual`);
  virtual = true;
}
if (words.length === 0) fail('which firmware? rp2040.mjs [--virtual] FIRMWARE ARGUMENTS…');
const [firmware, ...parameters] = words;
const line = [path.basename(firmware), ...parameters].join('\x1f');
const length = Buffer.byteLength(line);
if (length > LONGEST_LINE) fail(`the board takes ${LONGEST_LINE} bytes of arguments, not ${length}`);

// Lines end as this computer's do.
const output = [];
let silent = false;
function flush() {
  let text = Buffer.from(output.splice(0));
  while (text.length > 0 && !silent) {
    try {
      text = text.subarray(fs.writeSync(1, text));
    } catch (error) {
      if (error.code === 'EAGAIN') continue;
      silent = true; // whoever read it has gone: as Ctrl-C
      if (error.code === 'EPIPE') machine.press(CTRL_C);
      else throw error;
    }
  }
}

let machine;
try {
  machine = new Machine({
    elf: fs.readFileSync(firmware),
    line,
    virtual,
    say(byte) {
      if (byte !== 0x0d) output.push(byte);
      if (byte === 0x0a) flush();
    },
    complain(text) {
      flush();
      process.stderr.write(`emulator: ${text}\n`);
    },
    ended(status) {
      flush();
      if (process.stdin.isTTY) process.stdin.setRawMode(false);
      process.exit(status);
    },
  });
} catch (error) {
  fail(`${firmware}: ${error.message}`);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => machine.press(CTRL_C));
process.on('SIGUSR1', () => machine.press(CTRL_T));
// A sleep without an alarm is no end.
setInterval(() => {}, 1 << 30);

if (process.stdin.isTTY) process.stdin.setRawMode(true);
process.stdin.on('data', (typed) => {
  for (const byte of typed) {
    if (process.stdin.isTTY && byte === CTRL_BACKSLASH) {
      process.stdin.setRawMode(false);
      process.exit(128 + 3); // as SIGQUIT does
    }
    machine.press(byte);
  }
});
process.stdin.on('error', () => {});
machine.run();
