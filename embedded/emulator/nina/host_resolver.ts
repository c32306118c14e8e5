// Names as this computer knows them; itself it is under another address to a module.

import * as dns from 'node:dns';
import type { Ipv4 } from '../models/network';

const HOST: Ipv4 = '10.0.2.2';

export function resolveOnHost(name: string, answer: (address: Ipv4 | undefined) => void): void {
  dns.lookup(name, 4, (error, address) => {
    if (error !== null) answer(undefined);
    else answer(address.startsWith('127.') ? HOST : address);
  });
}
