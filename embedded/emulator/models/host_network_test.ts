// Ports of this computer that somebody else has already.

import assert from 'node:assert/strict';
import * as dgram from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { HostNetwork } from './host_network';

/** A socket of this computer at a port that is free, from `first` on. */
async function taken(first: number): Promise<dgram.Socket> {
  for (let port = first; ; port += 1) {
    const socket = dgram.createSocket('udp4');
    const bound = once(socket, 'listening').then(() => true);
    socket.bind(port, '127.0.0.1');
    if (await bound.catch(() => false)) return socket;
  }
}

for (const [what, first, elsewhere] of [
  ['chosen by chance, as those from 49152 on are: another one is as good', 49152, true],
  ['chosen by somebody: it is told', 20000, false],
] as const) {
  test(`a port of UDP that is in use, ${what}`, async () => {
    const other = await taken(first);
    const { port } = other.address();
    const here = await new Promise<number | string>((resolve) => {
      const network = new HostNetwork({
        opened: (_protocol, _chip, at) => resolve(at),
        failed: (reason) => resolve(reason),
      });
      const socket = network.bind(port, undefined, { datagram: () => {}, unreachable: () => {} });
      other.once('close', () => socket.close());
    });
    if (elsewhere) assert.ok(typeof here === 'number' && here !== port);
    else assert.match(String(here), /EADDRINUSE/);
    other.close();
  });
}
