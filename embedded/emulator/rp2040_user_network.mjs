// QEMU's user network for a chip that carries frames: user_network.py, as a part of this program.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { model } from './modules.mjs';

const PROGRAM = path.join(path.dirname(fileURLToPath(import.meta.url)), 'user_network.py');

// Frames by a Unix socket, each behind its length in four bytes, from the first wire on.
export class SocketWire {
  used = false;
  #frames; // once it is connected
  #early = [];
  #received;
  #path;

  // `failed` hears why it does not work.
  constructor(failed, path) {
    this.failed = failed;
    this.#path = path;
  }

  // One at a time (models/network.ts).
  wire(received) {
    if (!this.used) this.start();
    this.used = true;
    this.#received = received;
    return {
      send: (frame) => {
        if (this.#frames === undefined) this.#early.push(frame);
        else this.#frames.send(frame);
      },
      close: () => {
        if (this.#received === received) this.#received = undefined;
      },
    };
  }

  start() {
    this.connect(this.#path);
  }

  connect(path, connected) {
    const { FrameStream } = model('models/frame_stream');
    const socket = net.createConnection(path, connected);
    socket.on('error', (error) => this.failed(`no network: ${error.message}`));
    this.#frames = new FrameStream(socket).wire((frame) => this.#received?.(frame));
    for (const frame of this.#early.splice(0)) this.#frames.send(frame);
  }

  // Ports are forwarded by whoever has the network.
  forward() {}
}

// It ends with this process.
export class UserNetwork extends SocketWire {
  #program;
  #answers = [];
  #forwarded = new Set();

  // Has a port of the board's reached from one of 127.0.0.1, of any number if `hostPort` is 0; `opened` hears which, once
  // for each. `address`: the board's, if it is not the one that DHCP gives.
  forward(protocol, port, hostPort, address, opened) {
    const name = `${protocol} ${port}`;
    if (this.#forwarded.has(name)) return;
    this.#forwarded.add(name);
    this.#program.stdin.write(`forward ${name} ${hostPort} ${address}\n`);
    this.#answers.push((answer) => {
      if (/^\d+$/.test(answer)) opened(Number(answer));
      else this.failed(`the board's ${protocol} port ${port} cannot be reached: ${answer.replace(/^error: /, '')}`);
    });
  }

  start() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eddy-'));
    const wire = path.join(folder, 'wire');
    // In a session of its own: Ctrl-C at the terminal is the board's.
    this.#program = spawn(PROGRAM, [wire], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#program.on('error', (error) => this.failed(`no network: ${error.message}`));
    this.#program.on('exit', () => this.failed('the network has ended'));
    this.#program.stdin.on('error', () => {});
    this.#answers.push(() => this.connect(wire, () => fs.rmSync(folder, { recursive: true })));
    readline.createInterface({ input: this.#program.stdout }).on('line', (line) => this.#answers.shift()?.(line));
  }
}
