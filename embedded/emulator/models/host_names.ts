// This computer's own name server, for a host that is behind it.

import * as dgram from 'node:dgram';
import * as dns from 'node:dns';
import * as net from 'node:net';
import type { Endpoint } from './network';

const PORT = 53;
const PATIENCE = 10_000; // milliseconds, longer than those who ask have

/** The first that this computer asks; its address may be one of IPv6. */
export function nameServer(all: readonly string[] = dns.getServers()): Endpoint | undefined {
  for (const each of all) {
    if (net.isIP(each) !== 0) return { address: each, port: PORT };
    const [, bracketed, plain, port] = /^(?:\[(.+)\]|(.+)):([0-9]+)$/.exec(each) ?? [];
    const address = bracketed ?? plain ?? '';
    if (net.isIP(address) !== 0) return { address, port: Number(port) };
  }
  return undefined;
}

/** Passes a question on; the answer may never come. What it gives ends the wait for it. */
export function ask(server: Endpoint, question: Uint8Array, answered: (bytes: Uint8Array) => void): () => void {
  const socket = dgram.createSocket(net.isIPv6(server.address) ? 'udp6' : 'udp4');
  const timer = setTimeout(() => end(), PATIENCE);
  timer.unref();
  let open = true;
  const end = (): void => {
    clearTimeout(timer);
    if (open) socket.close();
    open = false;
  };
  socket.on('error', end);
  socket.on('message', (bytes) => {
    end();
    answered(bytes);
  });
  socket.send(question, server.port, server.address);
  return end;
}
