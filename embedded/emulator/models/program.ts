// A model as a program of its own: its command line, and the port on which it takes orders (serve.ts).

import * as net from 'node:net';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { HostOptions } from './host_network';
import { attend, type Panel } from './serve';

export interface Option {
  /** Of its value; a flag has none. */
  readonly value?: string;
  readonly default?: string;
}

export interface Values {
  flag(name: string): boolean;
  text(name: string): string;
  /** From 0 on. */
  number(name: string, most?: number): number;
}

/** What a model has of the program around it. */
export interface Program {
  readonly values: Values;
  /** A line with "!" to all clients. */
  readonly tell: (line: string) => void;
  /** For HostNetwork: ports as --free-ports says, told when they open. */
  readonly network: HostOptions;
  /** Ends the program for a wrong option. */
  readonly fail: (what: string) => never;
}

/** Of a client that takes nothing, in bytes: then it is cut off. */
const MOST_OWED = 1 << 24;

const COMMON: Record<string, Option> = {
  listen: { value: '127.0.0.1:0', default: '127.0.0.1:0' },
  'free-ports': {},
  self: { value: '127.A.B.C' },
  seed: { value: 'N', default: '1' },
};

function usage(name: string, options: Record<string, Option>): string {
  const each = Object.entries(options).map(([option, { value }]) => [`--${option}`, value ?? []].flat().join(' '));
  return `Usage: ${name} ${each.map((option) => `[${option}]`).join(' ')}\n`;
}

/** Runs the program until it is killed. */
export function run(name: string, own: Record<string, Option>, make: (program: Program) => Panel): void {
  const options = { ...COMMON, ...own };
  const fail = (what: string): never => {
    process.stderr.write(`${what}\n${usage(name, options)}`);
    process.exit(64);
  };
  const found = parse(options, fail);
  if (found.help === true) {
    process.stdout.write(usage(name, options));
    return;
  }
  const text = (option: string): string => String(found[option] ?? options[option]?.default ?? '');
  const values: Values = {
    text,
    flag: (option) => found[option] === true,
    number: (option, most) => {
      const value = text(option);
      if (!/^[0-9]{1,15}$/.test(value)) fail(`--${option} wants a number`);
      if (most !== undefined && Number(value) > most) fail(`--${option} wants a number up to ${most}`);
      return Number(value);
    },
  };
  const sessions = new Set<net.Socket>();
  const tell = (line: string): void => {
    for (const each of sessions) {
      each.write(`! ${line}\n`);
      if (each.writableLength > MOST_OWED) each.destroy();
    }
  };
  const self = values.text('self');
  if (self !== '' && !/^127\.[0-9.]+$/.test(self)) fail('--self wants an address of this computer: 127.0.0.2');
  const network: HostOptions = {
    ...(self === '' ? {} : { self }),
    ...(values.flag('free-ports') ? { port: () => 0 } : {}),
    opened: (protocol, chip, here) => {
      process.stdout.write(`${protocol === 'wire' ? 'wire' : `${protocol} port ${chip}`} is ${self || '127.0.0.1'}:${here}\n`);
      tell(`open ${protocol} ${chip} ${here}`);
    },
    failed: (what) => process.stderr.write(`${what}\n`),
  };
  const [host = '', port = ''] = text('listen').split(':');
  if (!/^127\.[0-9.]+$/.test(host) || !/^[0-9]{1,5}$/.test(port) || Number(port) > 65535) {
    fail('--listen wants an address of this computer: 127.0.0.1:PORT');
  }
  listen(host, Number(port), make({ values, tell, network, fail }), sessions, fail);
}

function parse(options: Record<string, Option>, fail: (what: string) => never): Record<string, unknown> {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' } };
  for (const [option, { value }] of Object.entries(options)) {
    config[option] = { type: value === undefined ? 'boolean' : 'string' };
  }
  try {
    return parseArgs({ options: config }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function listen(
  host: string,
  port: number,
  panel: Panel,
  sessions: Set<net.Socket>,
  fail: (what: string) => never,
): void {
  const server = net.createServer((socket) => {
    sessions.add(socket);
    socket.setNoDelay(true);
    attend(socket, panel);
    socket.on('error', () => {});
    socket.on('close', () => sessions.delete(socket));
  });
  server.on('error', (error) => fail(error.message));
  server.listen(port, host, () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') process.stdout.write(`listening on ${host}:${address.port}\n`);
  });
}
