// The command line of rp2040.mjs.

import { execFileSync } from 'node:child_process';
import { isIPv4 } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CHIPS } from './rp2040_chips.mjs';

const USAGE =
  'rp2040.mjs [--virtual] [--chip NAME] [--self 127.A.B.C] [--forward PORT:HOSTPORT]… [--address SETTING] [--wire SOCKET] ' +
  '[--ca FILE] FIRMWARE ARGUMENTS…';
const LONGEST_LINE = 766; // what embedded/runtime/cortex_m/startup.cc has room for

// The bytes of a static address, by embedded/address.py.
function address(setting) {
  const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const script = [
    'import sys',
    'sys.path.insert(0, sys.argv[1])',
    'import address',
    'try: print(address.parse(sys.argv[2]).hex())',
    'except address.Wrong as wrong: sys.exit(str(wrong))',
  ].join('\n');
  try {
    return execFileSync('python3', ['-c', script, folder, setting], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch (error) {
    throw new Error(`--address ${setting}: ${error.stderr?.trim() || error.message}`);
  }
}

const ACCEPTED = {
  '--virtual': (found) => {
    found.virtual = true;
  },
  '--chip': (found, name) => {
    if (!Object.hasOwn(CHIPS, name)) throw new Error(`--chip ${name}: there is ${Object.keys(CHIPS).join(', ')}`);
    found.chip = name;
  },
  '--self': (found, address) => {
    if (!isIPv4(address) || !address.startsWith('127.')) throw new Error(`--self ${address}: it wants an address of 127.0.0.0/8`);
    found.self = address;
  },
  '--forward': (found, ports) => {
    const numbers = /^([0-9]+):([0-9]+)$/.exec(ports);
    if (numbers === null) throw new Error(`--forward ${ports}: it wants PORT:HOSTPORT`);
    if (numbers.slice(1).some((each) => Number(each) > 65535)) throw new Error(`--forward ${ports}: a port is at most 65535`);
    found.forwards.set(Number(numbers[1]), Number(numbers[2]));
  },
  '--wire': (found, socket) => {
    found.wire = socket;
  },
  '--ca': (found, file) => {
    found.ca = file;
  },
  '--address': (found, setting) => {
    found.address = setting;
  },
};

// `forwards`: of the firmware's port, the port of this computer. `line`: the command line as the board takes it.
// Throws what is wrong.
export function parse(given) {
  const words = [...given];
  const found = { virtual: false, chip: undefined, address: undefined, self: undefined, forwards: new Map() };
  while (words[0]?.startsWith('--')) {
    const option = words.shift();
    if (option === '--') break;
    const take = Object.hasOwn(ACCEPTED, option) ? ACCEPTED[option] : undefined;
    if (take === undefined) throw new Error(`${option} is no option of the emulator: ${USAGE}`);
    if (take.length > 1 && words.length === 0) throw new Error(`${option} wants a value: ${USAGE}`);
    if (take.length > 1) take(found, words.shift());
    else take(found);
  }
  if (found.wire !== undefined && found.chip !== 'w5500') throw new Error(`--wire ${found.wire}: no chip of this board carries frames`);
  const [firmware, ...parameters] = words;
  if (firmware === undefined) throw new Error(`which firmware? ${USAGE}`);
  // An address is before the program's name: embedded/runtime/cortex_m/startup.cc.
  const before = found.address === undefined ? [] : [`\x1e${address(found.address)}`];
  const line = [...before, path.basename(firmware), ...parameters].join('\x1f');
  const length = Buffer.byteLength(line);
  if (length > LONGEST_LINE) throw new Error(`the board takes ${LONGEST_LINE} bytes of arguments, not ${length}`);
  return { ...found, firmware, line };
}
