// Names as this computer knows them; itself it may have another address to a module.

import * as dns from 'node:dns';
import type { Ipv4 } from '../models/network';

/** `host`: what this computer is to the module; without one it is what it is. */
export function resolveOnHost(
  name: string,
  host: Ipv4 | undefined,
  answer: (address: Ipv4 | undefined) => void,
): void {
  dns.lookup(name, 4, (error, address) => {
    if (error !== null) answer(undefined);
    else answer(address.startsWith('127.') ? (host ?? address) : address);
  });
}
