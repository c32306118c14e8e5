// Who gets a packet: the MAC address for an IP address (datasheet v1.0.9, page 38).

import type { Clock } from '../models/clock';
import type { Ipv4, Network } from '../models/network';
import { Retry, retryTimes } from './retry';

export const BROADCAST_MAC = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

export const dotted = (bytes: Uint8Array): Ipv4 => [...bytes].join('.');
export const octets = (address: Ipv4): Uint8Array => Uint8Array.from(address.split('.').map(Number));

const number = (bytes: Uint8Array): number => bytes.reduce((sum, each) => ((sum << 8) | each) >>> 0, 0);

/** GAR, SUBR, SIPR, RTR and RCR as they are now. */
export interface Settings {
  gateway: Uint8Array;
  mask: Uint8Array;
  own: Uint8Array;
  rtr: number;
  rcr: number;
}

export function isBroadcast(target: Uint8Array, { mask, own }: Settings): boolean {
  const wild = ~number(mask) >>> 0;
  const directed = wild !== 0xffffffff && wild !== 0 && number(target) === (number(own) | wild) >>> 0;
  return number(target) === 0xffffffff || directed;
}

/** Itself if it is of the chip's subnet, else the gateway. */
export function nextHop(target: Uint8Array, { gateway, mask, own }: Settings): Uint8Array {
  const local = (number(target) & number(mask)) === (number(own) & number(mask));
  return local ? target : gateway;
}

/** Asks when it is started; stopped, it takes no answer any more. */
export function resolve(
  clock: Clock,
  network: Network,
  target: Uint8Array,
  settings: Settings,
  found: (mac: Uint8Array) => void,
  failed: () => void,
): Retry {
  const asked = dotted(nextHop(target, settings));
  const answer = (mac: Uint8Array): void => {
    if (!retry.running) return;
    retry.stop();
    found(mac);
  };
  const request = (): void => network.arp(asked, answer);
  const retry = new Retry(clock, retryTimes(settings.rtr, settings.rcr, 'arp'), request, failed);
  return retry;
}
