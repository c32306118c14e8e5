#!/usr/bin/env node
// Runs firmware for a board with an RP2040 as if it were a program of this computer.
//
//     rp2040.mjs [--virtual] [--chip NAME] [--self 127.A.B.C] [--forward PORT:HOSTPORT]… [--address SETTING]
//         [--wire SOCKET] [--ca FILE] FIRMWARE ARGUMENTS…
//
// The board's console is this program's output, and standard input is what is typed there. SIGINT and SIGTERM reach the
// firmware as Ctrl-C, SIGUSR1 as Ctrl-T; SIGUSR2 or Ctrl-N pulls the network cable out, or plugs it in again, or carries the
// board out of the Wi-Fi's range and back. The exit
// status is the firmware's; 70 after a fault. It ends with the process that started it. With --virtual time jumps to the
// next alarm whenever the processor sleeps. --chip says what the board has beside it; its ports are free ones of
// 127.0.0.1, or those that --forward names: a line says which. With --self the board is that host of 127.0.0.0/8. With
// --wire a chip that carries frames has that Unix socket for its network, and nobody tells of ports. With --ca a NINA module
// trusts the authorities of that file, which are PEM.

import fs from 'node:fs';
import process from 'node:process';

import { model } from './modules.mjs';
import { CHIPS, clockOf } from './rp2040_chips.mjs';
import { Machine } from './rp2040_machine.mjs';
import { parse } from './rp2040_options.mjs';
import { SocketWire, UserNetwork } from './rp2040_user_network.mjs';

const CTRL_C = 0x03;
const CTRL_N = 0x0e;
const CTRL_T = 0x14;
const CTRL_BACKSLASH = 0x1c;
const NAMES = '10.0.2.3'; // as QEMU calls this computer's name server
const ORPHANED = 128 + 1; // as SIGHUP does

const UP = /^info: the network is up, this host has ([\d.]+)$/;
const OPENED = /^(?:info: )?(TCP|UDP) port (\d+) is open$/;

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

let machine;
let chip;
let network;
let userNetwork; // behind a chip that carries frames
let address = ''; // the board's
let self = '127.0.0.1'; // where its ports are

let silent = false;
function write(text) {
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

// Lines end as this computer's do.
const output = [];
function flush() {
  const text = Buffer.from(output.splice(0));
  write(text);
  const line = text.toString('latin1').trimEnd();
  address = UP.exec(line)?.[1] ?? address;
  const opened = OPENED.exec(line);
  if (wired && !userNetwork.used && (opened || UP.test(line))) fail('--wire: this firmware carries no frames');
  if (opened) portIsOpen(opened[1], Number(opened[2]));
}

function complain(text) {
  flush();
  process.stderr.write(`emulator: ${text}\n`);
}

// Where a port of the board's is, once the firmware has told of it and the chip has opened it: in either order.
const told = new Set();
const places = new Map();
function tellPort(protocol, port, here) {
  const name = `${protocol} ${port}`;
  if (here === undefined) told.add(name);
  else places.set(name, here);
  if (!told.has(name) || !places.has(name)) return;
  write(Buffer.from(`emulator: ${protocol} ${self}:${places.get(name)} is the board's port ${port}\n`));
}

let forwards;
let wired = false; // by --wire
function portIsOpen(protocol, port) {
  tellPort(protocol, port);
  if (!userNetwork?.used) return;
  userNetwork.forward(protocol, port, forwards.get(port) ?? 0, address, (here) => tellPort(protocol, port, here));
}

function attach(options) {
  ({ forwards } = options);
  wired = options.wire !== undefined;
  userNetwork = options.wire === undefined ? new UserNetwork(complain) : new SocketWire(complain, options.wire);
  const { DhcpNetwork, LEASE } = model('models/dhcp_network');
  const { nameServer } = model('models/host_names');
  const { HostNetwork } = model('models/host_network');
  const { PostedNetwork } = model('models/posted_network');
  const isHost = options.self !== undefined;
  if (isHost) self = options.self;
  const server = nameServer();
  const names = server && { own: NAMES, server };
  network = new HostNetwork({
    ...(isHost ? { self } : {}),
    ...(names ? { names } : {}),
    port: (_, port) => forwards.get(port) ?? (isHost ? port : 0),
    wire: (received) => userNetwork.wire(received),
    opened(protocol, port, here, group) {
      if (group === undefined) tellPort(protocol.toUpperCase(), port, here);
      else complain(`UDP ${group}:${here} on the interface of ${self} is heard by the board`);
    },
    failed: complain,
  });
  const posted = new PostedNetwork(network, (event) => machine.post(event));
  const loopback = { server: '127.0.0.1', client: self, mask: '255.0.0.0', router: '127.0.0.1' };
  const lease = { ...LEASE, ...(isHost ? loopback : {}), ...(names ? { names: names.own } : {}) };
  const authorities = options.ca === undefined ? undefined : model('nina/host_tls').readAuthorities(options.ca);
  const beyond = new DhcpNetwork(posted, clockOf(machine), lease);
  return CHIPS[options.chip](machine, beyond, complain, { self: options.self, authorities });
}

let plugged = true;
function moveCable() {
  if (chip === undefined) {
    complain('the board has no network');
    return;
  }
  plugged = !plugged;
  flush();
  const { cable, air } = chip.set;
  const words = cable
    ? `the network cable is ${plugged ? 'plugged in' : 'pulled out'}`
    : `the board is ${plugged ? 'in' : 'out of'} range of the Wi-Fi`;
  write(Buffer.from(`emulator: ${words}\n`));
  machine.post(() => (cable ?? air)(plugged ? 1 : 0));
}

try {
  const options = parse(process.argv.slice(2));
  machine = new Machine({
    elf: fs.readFileSync(options.firmware),
    line: options.line,
    virtual: options.virtual,
    say(byte) {
      if (byte !== 0x0d) output.push(byte);
      if (byte === 0x0a) flush();
    },
    complain,
    ended(status) {
      flush();
      if (process.stdin.isTTY) process.stdin.setRawMode(false);
      if (network === undefined) process.exit(status);
      network.emptied(() => process.exit(status));
    },
  });
  if (options.chip !== undefined) chip = attach(options);
} catch (error) {
  fail(error.message);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => machine.press(CTRL_C));
process.on('SIGUSR1', () => machine.press(CTRL_T));
process.on('SIGUSR2', moveCable);

// A sleep without an alarm is no end, but whoever started it must be there.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(ORPHANED);
}, 500);

if (process.stdin.isTTY) process.stdin.setRawMode(true);
process.stdin.on('data', (typed) => {
  for (const byte of typed) {
    if (process.stdin.isTTY && byte === CTRL_BACKSLASH) {
      process.stdin.setRawMode(false);
      process.exit(128 + 3); // as SIGQUIT does
    }
    if (process.stdin.isTTY && byte === CTRL_N) moveCable();
    else machine.press(byte);
  }
});
process.stdin.on('error', () => {});
machine.run();
