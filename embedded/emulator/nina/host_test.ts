// The module on this computer's loopback interface, where TLS is real: no wait is for a time, all are for what happens.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import * as tls from 'node:tls';
import { HostClock } from '../models/host_clock';
import { HostNetwork } from '../models/host_network';
import { big, counting, framed, little, type Name } from './bench';
import { hostTls } from './host_tls';
import { Nina } from './nina';
import { Command } from './protocol';

type Values = Parameters<typeof framed>[1];

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class HostBench {
  readonly opened = new Map<string, number>();
  readonly nina: Nina;

  constructor(authorities?: string) {
    const network = new HostNetwork({
      port: () => 0,
      opened: (protocol, chip, here, group) => this.opened.set(`${group ?? protocol} ${chip}`, here),
    });
    this.nina = new Nina(new HostClock(), network, {
      points: [{ ssid: 'open' }],
      boot: 1,
      times: { join: 1, dhcp: 1, scan: 900 },
      resolve: (name, answer) => answer(name === 'localhost' || name === 'elsewhere' ? '10.0.2.2' : undefined),
      tls: hostTls(authorities),
    });
  }

  async joined(): Promise<this> {
    await this.ask('SET_NET', 'open');
    await this.until(([status]) => status![0] === 3, 'GET_CONN_STATUS');
    return this;
  }

  async ask(name: Name, ...values: Values): Promise<number[][]> {
    await this.exchange(framed(Command[name], values));
    const bytes = await this.exchange(Array<number>(4092).fill(0));
    assert.equal(bytes[1], Command[name] | 0x80, name);
    const wide = name === 'GET_DATABUF_TCP';
    const found: number[][] = [];
    for (let at = 3; found.length < bytes[2]!; ) {
      const length = wide ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]!;
      at += wide ? 2 : 1;
      found.push(bytes.slice(at, at + length));
      at += length;
    }
    return found;
  }

  async until(wanted: (answer: number[][]) => boolean, name: Name, ...values: Values): Promise<number[][]> {
    for (;;) {
      const answer = await this.ask(name, ...values);
      if (wanted(answer)) return answer;
    }
  }

  stop(): void {
    this.nina.resetPin = 0;
  }

  private async exchange(bytes: number[]): Promise<number[]> {
    while (this.nina.readyPin === 1) await turn();
    this.nina.select();
    const result = bytes.map((each) => this.nina.transfer(each));
    this.nina.deselect();
    return result;
  }
}

/** An authority, and a certificate of it for localhost. */
function certificates(): { authority: string; cert: string; key: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'nina'));
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...options: string[]): unknown => execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  try {
    writeFileSync(at('names'), 'subjectAltName=DNS:localhost\n');
    const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', 'ca.key', '-out', 'ca.pem'];
    openssl('req', '-x509', ...curve, '-subj', '/CN=authority', ...ca);
    openssl('req', ...curve.slice(0, 5), '-subj', '/CN=localhost', '-keyout', 'key', '-out', 'csr');
    const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', 'csr', ...sign, '-out', 'cert');
    const [authority, cert, key] = ['ca.pem', 'cert', 'key'].map((name) => readFileSync(at(name), 'utf8'));
    return { authority: authority!, cert: cert!, key: key! };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a scan ends, although timers of this computer are early', async () => {
  const bench = new HostBench();
  assert.deepEqual((await bench.ask('SCAN_NETWORKS')).map((name) => Buffer.from(name).toString()), ['open']);
  bench.stop();
});

test('TLS: an echo by name; refused with a name or an authority that is not right', async () => {
  const { authority, cert, key } = certificates();
  const asked: unknown[] = [];
  const server = tls.createServer({ cert, key }, (socket) => {
    asked.push((socket as tls.TLSSocket & { servername: unknown }).servername);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = big((server.address() as AddressInfo).port);
  const nowhere = [0, 0, 0, 0];

  const bench = await new HostBench(authority).joined();
  assert.deepEqual(await bench.ask('START_CLIENT_TCP', 'elsewhere', nowhere, port, 1, 2), []);
  assert.deepEqual(await bench.ask('START_CLIENT_TCP', 'localhost', nowhere, port, 1, 2), [[1]]);
  const all = counting(20_000);
  const received: number[] = [];
  for (let at = 0; at < all.length; at += 4000) {
    assert.deepEqual(await bench.ask('SEND_DATA_TCP', [1], all.slice(at, at + 4000)), [little(4000)]);
    while (received.length < at + 4000) received.push(...(await bench.ask('GET_DATABUF_TCP', [1], little(2000)))[0]!);
  }
  assert.deepEqual(received, all);
  assert.equal(asked.at(-1), 'localhost');
  assert.deepEqual(await bench.ask('STOP_CLIENT_TCP', 1), [[1]]);
  const stranger = await new HostBench().joined();
  assert.deepEqual(await stranger.ask('START_CLIENT_TCP', 'localhost', nowhere, port, 1, 2), []);
  bench.stop();
  stranger.stop();
  server.close();
});

test('multicast on the loopback interface, by the older server command', async () => {
  const peer = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(peer, 'listening');
  peer.setMulticastInterface('127.0.0.1');
  const bench = await new HostBench().joined();
  assert.deepEqual(await bench.ask('START_SERVER_TCP', [239, 255, 1, 3], big(7000), 0, 3), [[1]]);
  while (!bench.opened.has('239.255.1.3 7000')) await turn();
  peer.send(Uint8Array.of(5, 6), bench.opened.get('239.255.1.3 7000')!, '239.255.1.3');
  await bench.until(([count]) => count![0] === 2, 'AVAIL_DATA_TCP', 0);
  assert.deepEqual(await bench.ask('GET_DATABUF_TCP', [0], little(9)), [[5, 6]]);
  bench.stop();
  peer.close();
});
