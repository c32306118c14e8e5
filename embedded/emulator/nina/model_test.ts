// The model as a program of its own, by its documented lines, with sockets of this computer.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { test } from 'node:test';
import { refuses } from '../models/wrong_options';
import { big, counting, framed, little, little32, type Name } from './bench';
import { Command } from './protocol';

const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

type Values = Parameters<typeof framed>[1];

/** The host's end of the lines. */
class Host {
  private readonly happened: string[] = [];
  private readonly lines: AsyncIterableIterator<string>;
  private ready = 1;

  constructor(private readonly pins: net.Socket) {
    this.lines = readline.createInterface({ input: pins })[Symbol.asyncIterator]();
  }

  async order(line: string): Promise<string> {
    this.pins.write(`${line}\n`);
    for (;;) {
      const each = await this.line();
      if (!each.startsWith('! ')) return each;
    }
  }

  /** Waits for what begins so, and gives the rest. */
  async happens(what: string): Promise<string> {
    for (;;) {
      const at = this.happened.findIndex((each) => each.startsWith(what));
      if (at >= 0) return this.happened.splice(at, 1)[0]!.slice(what.length).trim();
      await this.line();
    }
  }

  async learn(): Promise<void> {
    this.ready = /ready=1/.test(await this.order('pins')) ? 1 : 0;
  }

  async ask(name: Name, ...values: Values): Promise<number[]> {
    await this.low();
    await this.order(`frame ${hex(framed(Command[name], values))}`);
    await this.low();
    const answer = [...Buffer.from(await this.order(`frame ${'00'.repeat(4092)}`), 'hex')];
    assert.equal(answer[0], 0xe0, name);
    assert.equal(answer[1], Command[name] | 0x80);
    return answer.slice(2);
  }

  /** Again until the answer is as wanted. */
  async until(wanted: (answer: number[]) => boolean, name: Name, ...values: Values): Promise<number[]> {
    for (;;) {
      const answer = await this.ask(name, ...values);
      if (wanted(answer)) return answer;
    }
  }

  private async low(): Promise<void> {
    while (this.ready === 1) await this.line();
  }

  private async line(): Promise<string> {
    const { done, value } = (await this.lines.next()) as IteratorResult<string>;
    if (done === true) throw new Error('no more lines');
    const ready = /^! ready ([01])$/.exec(value);
    if (ready !== null) this.ready = Number(ready[1]);
    else if (value.startsWith('! ')) this.happened.push(value);
    return value;
  }
}

/** The model with these options, and a host at its pins. */
async function withModel(options: string[], use: (host: Host) => Promise<void>): Promise<void> {
  const all = ['--boot', '1000', '--join-time', '1000', '--points', 'lab:longsecret,open', ...options];
  const model = spawn(process.execPath, [path.join(__dirname, 'main.js'), ...all], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [first] = (await once(model.stdout, 'data')) as [Buffer];
    const [, port] = /^listening on 127\.0\.0\.1:([0-9]+)\n/.exec(String(first)) ?? [];
    const pins = net.connect(Number(port), '127.0.0.1');
    await once(pins, 'connect');
    const host = new Host(pins);
    await host.learn();
    await host.ask('SET_PASSPHRASE', 'lab', 'longsecret');
    await host.until((answer) => answer[2] === 3, 'GET_CONN_STATUS');
    await use(host);
    pins.destroy();
  } finally {
    model.kill();
    await once(model, 'exit');
  }
}

test('a module that is a host of its own: 127.0.0.9, as its peer sees it', () =>
  withModel(['--self', '127.0.0.9'], async (host) => {
    assert.deepEqual((await host.ask('GET_IPADDR', 0xff)).slice(2, 6), [127, 0, 0, 9]);
    await host.ask('REQ_HOST_BY_NAME', 'localhost');
    assert.deepEqual((await host.ask('GET_HOST_BY_NAME')).slice(2, 6), [127, 0, 0, 1]);
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connection = once(server, 'connection');
    await host.ask('SOCKET', 1, 0);
    const { port } = server.address() as net.AddressInfo;
    assert.equal((await host.ask('CONNECT', 58, [127, 0, 0, 1], big(port)))[2], 1);
    const [peer] = (await connection) as [net.Socket];
    assert.equal(peer.remoteAddress, '127.0.0.9');
    peer.destroy();
    server.close();
  }));

test('from boot to Wi-Fi, a server, a client, datagrams, names; and what goes wrong', () =>
  withModel(['--free-ports'], async (host) => {
    const nonblocking = [little32(0x8004667e), little32(1)] as const;

    // A server.
    assert.deepEqual((await host.ask('SOCKET', 1, 0)).slice(0, 3), [1, 1, 58]);
    await host.ask('IOCTL', 58, ...nonblocking);
    await host.ask('BIND', 58, big(5000));
    await host.ask('LISTEN', 58, 2);
    const here = await host.happens('! open tcp 5000');
    const peer = net.connect(Number(here), '127.0.0.1');
    const accepted = await host.until((answer) => answer[2] !== 0xff, 'ACCEPT', 58);
    assert.deepEqual(accepted.slice(2, 8), [59, 4, 10, 0, 2, 2]);
    assert.deepEqual(accepted.slice(9, 11), little(peer.localPort!));
    const all = counting(3000);
    peer.write(Uint8Array.from(all));
    const received: number[] = [];
    while (received.length < all.length) {
      const answer = await host.until(([, high, low]) => high! + low! > 0, 'RECV', 59, little(4000));
      const length = (answer[1]! << 8) | answer[2]!;
      received.push(...answer.slice(3, 3 + length));
      const sent = await host.ask('SEND', [59], answer.slice(3, 3 + length));
      assert.deepEqual(sent.slice(2, 4), big(length));
    }
    assert.deepEqual(received, all);
    const echoed: number[] = [];
    for await (const chunk of peer) {
      echoed.push(...(chunk as Buffer));
      if (echoed.length === all.length) break;
    }
    assert.deepEqual(echoed, all);
    peer.destroy();
    await host.ask('CLOSE', 59);

    // A client of a server that is gone, and of one by its name.
    const server = net.createServer((socket) => socket.end('bye')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: there } = server.address() as net.AddressInfo;
    await host.ask('REQ_HOST_BY_NAME', 'localhost');
    const address = (await host.ask('GET_HOST_BY_NAME')).slice(2, 6);
    assert.deepEqual(address, [10, 0, 2, 2]);
    assert.equal((await host.ask('SOCKET', 1, 0))[2], 59);
    assert.equal((await host.ask('CONNECT', 59, address, big(there)))[2], 1);
    assert.deepEqual((await host.ask('RECV', 59, little(9))).slice(1, 6), [0, 3, 0x62, 0x79, 0x65]);
    await host.ask('CLOSE', 59);
    server.close();
    await once(server, 'close');
    assert.equal((await host.ask('SOCKET', 1, 0))[2], 59);
    assert.equal((await host.ask('CONNECT', 59, address, big(there)))[2], 0);
    assert.equal((await host.ask('ERRNO'))[2], 104);
    await host.ask('CLOSE', 59);

    // Datagrams.
    const other = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(other, 'listening');
    assert.equal((await host.ask('SOCKET', 2, 0))[2], 59);
    await host.ask('IOCTL', 59, ...nonblocking);
    const message = once(other, 'message');
    await host.ask('SENDTO', [59], address, big(other.address().port), [1, 2, 3]);
    const [bytes, from] = (await message) as [Buffer, dgram.RemoteInfo];
    assert.deepEqual([...bytes], [1, 2, 3]);
    other.send(Uint8Array.of(9), from.port, '127.0.0.1');
    const datagram = await host.until((answer) => answer[12] === 1, 'RECVFROM', 59, little(99));
    assert.deepEqual(datagram.slice(1, 14), [0, 4, 10, 0, 2, 2, 0, 2, ...little(other.address().port), 0, 1, 9]);
    other.close();

    // A reset of its own.
    assert.equal(await host.order('fault reset-after 2'), 'ok');
    assert.equal(await host.order('frame e02000ee'), '00000000');
    assert.equal(await host.happens('! violation'), 'crash: a reset of its own');
    assert.equal((await host.ask('GET_CONN_STATUS'))[2], 0xfe);
  }));

refuses(path.join(__dirname, 'main.js'), [
  [['--ca', '/nonexistent'], '--ca /nonexistent: there is no such file'],
  [['--ca', __filename], `--ca ${__filename}: it is no certificate, as PEM`],
  [['--points', 'a:b:c'], '--points a:b:c: a passphrase has from 8 to 63 bytes'],
  [['--points', 'open,:::'], '--points :::: a name has from 1 to 32 bytes'],
  [['--points', 'lab:passphrase:c'], '--points lab:passphrase:c: a channel is from 1 to 14'],
  [['--points', 'lab::1:strong'], '--points lab::1:strong: RSSI is from -128 to 0 dBm'],
  [['--points', 'a:b:c:d:e'], '--points a:b:c:d:e: it wants SSID[:PASSPHRASE[:CHANNEL[:RSSI]]]'],
]);
