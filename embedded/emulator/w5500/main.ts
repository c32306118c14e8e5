// The model on its own: README.md.

import * as net from 'node:net';
import { parseArgs } from 'node:util';
import { W5500 } from './chip';
import { HostClock } from './host_clock';
import { HostNetwork } from './host_network';
import { Session } from './serve';

const USAGE = `Usage: w5500_model [--listen 127.0.0.1:0] [--free-ports] [--wire HERE:THERE]
                   [--command-time MICROSECONDS] [--initial-pointer N] [--seed N]
`;

const OPTIONS = {
  listen: { type: 'string', default: '127.0.0.1:0' },
  'free-ports': { type: 'boolean', default: false },
  wire: { type: 'string' },
  'command-time': { type: 'string', default: '0' },
  'initial-pointer': { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

function fail(what: string): never {
  process.stderr.write(`${what}\n${USAGE}`);
  process.exit(64);
}

function main(): void {
  const { values } = ((): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>> => {
    try {
      return parseArgs({ options: OPTIONS });
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  })();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [host = '', port = ''] = (values.listen ?? '').split(':');
  if (!/^127\.[0-9.]+$/.test(host) || !/^[0-9]+$/.test(port)) fail('--listen wants an address of this computer: 127.0.0.1:PORT');
  const wire = /^([0-9]+):([0-9]+)$/.exec(values.wire ?? '');
  if (values.wire !== undefined && wire === null) fail('--wire wants two ports of 127.0.0.1: HERE:THERE');
  const number = (name: 'command-time' | 'initial-pointer' | 'seed'): number => {
    const value = Number(values[name]);
    return Number.isSafeInteger(value) && value >= 0 ? value : fail(`--${name} wants a number`);
  };
  const sessions = new Set<net.Socket>();
  const tell = (line: string): void => {
    for (const each of sessions) each.write(`! ${line}\n`);
  };
  const network = new HostNetwork({
    ...(values['free-ports'] ? { port: () => 0 } : {}),
    ...(wire === null ? {} : { wire: { here: Number(wire[1]), there: Number(wire[2]) } }),
    opened: (protocol, chip, here) => {
      process.stdout.write(`${protocol === 'wire' ? 'wire' : `${protocol} port ${chip}`} is 127.0.0.1:${here}\n`);
      tell(`open ${protocol} ${chip} ${here}`);
    },
    failed: (what) => process.stderr.write(`${what}\n`),
  });
  const chip = new W5500(new HostClock(), network, {
    commandTime: number('command-time'),
    initialPointer: number('initial-pointer'),
    seed: number('seed'),
    interrupt: (level) => tell(`int ${level}`),
    violation: (what) => tell(`violation ${what}`),
  });
  const server = net.createServer((socket) => {
    sessions.add(socket);
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    const session = new Session(chip, (line) => socket.write(`${line}\n`));
    socket.on('data', (text: string) => session.receive(text));
    socket.on('error', () => {});
    socket.on('close', () => sessions.delete(socket));
  });
  server.on('error', (error) => fail(error.message));
  server.listen(Number(port), host, () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') process.stdout.write(`listening on ${host}:${address.port}\n`);
  });
}

main();
