import assert from 'node:assert';
import { test } from 'node:test';
import { DhcpNetwork, LEASE } from './dhcp_network';
import { FakeNetwork } from './fake_network';
import type { Datagrams, Endpoint } from './network';
import { VirtualClock } from './virtual_clock';

const ALL = { address: '255.255.255.255', port: 67 };
const MAC = [2, 0, 0, 0, 0, 1];

// A client by the tables of RFC 2131, 2 and RFC 2132.
class Client {
  readonly clock = new VirtualClock();
  readonly inner = new FakeNetwork();
  readonly port: Datagrams;
  readonly received: { from: Endpoint; bytes: number[]; kind: string }[] = [];

  constructor(lease = LEASE) {
    const network = new DhcpNetwork(this.inner, this.clock, lease);
    this.port = network.bind(68, undefined, {
      datagram: (from, bytes, kind) => void this.received.push({ from, bytes: [...bytes], kind }),
      unreachable: () => {},
    });
  }

  send(options: readonly number[], { to = ALL, own = [0, 0, 0, 0], flags = 0x80 } = {}): void {
    const head = [1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 5, flags, 0, ...own, ...Array<number>(12).fill(0), ...MAC];
    const message = [...head, ...Array<number>(236 - head.length).fill(0), 99, 130, 83, 99, ...options, 255];
    this.port.send(to, Uint8Array.from(message), Uint8Array.of());
  }

  /** What is answered within a second, option by option. */
  answer(): { address: string; options: Map<number, number[]>; kind: string } | undefined {
    this.clock.advance(1_000_000);
    const last = this.received.pop();
    if (last === undefined) return undefined;
    const { bytes, from, kind } = last;
    assert.deepStrictEqual(from, { address: '10.0.2.2', port: 67 });
    assert.deepStrictEqual(bytes.slice(0, 8), [2, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
    assert.deepStrictEqual(bytes.slice(28, 34), MAC);
    assert.deepStrictEqual(bytes.slice(236, 240), [99, 130, 83, 99]);
    const options = new Map<number, number[]>();
    let at = 240;
    while (bytes[at] !== 255) {
      const [code = 0, length = 0] = bytes.slice(at, at + 2);
      options.set(code, bytes.slice(at + 2, at + 2 + length));
      at += 2 + length;
    }
    assert.strictEqual(at, bytes.length - 1);
    return { address: bytes.slice(16, 20).join('.'), options, kind };
  }
}

const GIVEN: [number, number[]][] = [
  [54, [10, 0, 2, 2]],
  [1, [255, 255, 255, 0]],
  [3, [10, 0, 2, 2]],
  [51, [0, 1, 0x51, 0x80]],
];

test('it offers an address, and gives it', () => {
  const client = new Client();
  client.send([53, 1, 1]);
  assert.deepStrictEqual(client.answer(), { address: '10.0.2.15', options: new Map([[53, [2]], ...GIVEN]), kind: 'broadcast' });
  client.send([53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2]);
  assert.deepStrictEqual(client.answer(), { address: '10.0.2.15', options: new Map([[53, [5]], ...GIVEN]), kind: 'broadcast' });
});

test('it tells of a name server', () => {
  const client = new Client({ ...LEASE, names: '10.0.2.3' });
  client.send([53, 1, 1]);
  assert.deepStrictEqual(client.answer()?.options.get(6), [10, 0, 2, 3]);
});

test('it renews, to the client alone', () => {
  const client = new Client();
  client.send([53, 1, 3], { to: { address: '10.0.2.2', port: 67 }, own: [10, 0, 2, 15], flags: 0 });
  assert.deepStrictEqual(client.answer(), { address: '10.0.2.15', options: new Map([[53, [5]], ...GIVEN]), kind: 'unicast' });
});

test('it refuses an address that is not its own', () => {
  const client = new Client();
  client.send([53, 1, 3, 50, 4, 192, 168, 7, 1]);
  assert.deepStrictEqual(client.answer(), {
    address: '0.0.0.0',
    options: new Map([[53, [6]], [54, [10, 0, 2, 2]]]),
    kind: 'broadcast',
  });
});

test('it is silent to what is not for it', () => {
  const client = new Client();
  client.send([53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 9]); // another server
  client.send([53, 1, 7]); // RELEASE
  client.send([]); // BOOTP
  client.send([53, 1, 1], { to: { address: '10.0.2.9', port: 67 } });
  client.port.send(ALL, Uint8Array.of(1, 2, 3), Uint8Array.of());
  assert.strictEqual(client.answer(), undefined);
});

test('nothing comes to a port that is closed', () => {
  const client = new Client();
  client.send([53, 1, 1]);
  client.port.close();
  assert.strictEqual(client.answer(), undefined);
});

test('other ports are those of the network', () => {
  const inner = new FakeNetwork();
  const network = new DhcpNetwork(inner, new VirtualClock());
  network.bind(5000, undefined, { datagram: () => {}, unreachable: () => {} });
  assert.deepStrictEqual(inner.bound.map(({ port }) => port), [5000]);
});
