// A DHCP server (RFC 2131) that knows one address, which it gives to whoever asks: on each emulated board's network
// there is one host.

import type { Ipv4 } from './network';

/** Of the server and its network. */
export interface Lease {
  readonly server: Ipv4;
  readonly client: Ipv4;
  readonly mask: Ipv4;
  readonly router: Ipv4;
  /** A name server. */
  readonly names?: Ipv4;
  readonly seconds: number;
}

export const SERVER_PORT = 67;
export const CLIENT_PORT = 68;

const REQUEST = 1;
const REPLY = 2;
const COOKIE = [99, 130, 83, 99];
const FIXED = 236; // bytes before the cookie (RFC 2131, 2)

// RFC 2132.
const Option = { MASK: 1, ROUTER: 3, NAMES: 6, ADDRESS: 50, SECONDS: 51, TYPE: 53, SERVER: 54, END: 255 } as const;
const Type = { DISCOVER: 1, OFFER: 2, REQUEST: 3, DECLINE: 4, ACK: 5, NAK: 6, RELEASE: 7, INFORM: 8 } as const;

const octets = (address: Ipv4): number[] => address.split('.').map(Number);
const dotted = (bytes: readonly number[] | undefined): Ipv4 | undefined => bytes?.join('.');

function options(message: Uint8Array): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let at = FIXED + COOKIE.length; at < message.length && message[at] !== Option.END; ) {
    if (message[at] === 0) {
      ++at; // padding
      continue;
    }
    const [code = 0, length = 0] = message.subarray(at, at + 2);
    found.set(code, [...message.subarray(at + 2, at + 2 + length)]);
    at += 2 + length;
  }
  return found;
}

export const typeOf = (message: Uint8Array): number | undefined => options(message).get(Option.TYPE)?.[0];

/** What is answered to a client's message, and whether it is for all hosts; undefined: nothing. */
export function answer(lease: Lease, message: Uint8Array): { bytes: Uint8Array; broadcast: boolean } | undefined {
  if (message.length < FIXED + COOKIE.length || message[0] !== REQUEST) return undefined;
  if (COOKIE.some((each, i) => message[FIXED + i] !== each)) return undefined;
  const given = options(message);
  const kind = reply(lease, message, given);
  if (kind === undefined) return undefined;

  const bytes = new Uint8Array(FIXED);
  bytes.set(message.subarray(0, FIXED));
  bytes.fill(0, 8, 10); // secs
  bytes.fill(0, 16, 28); // addresses but the client's own
  bytes.fill(0, 44); // names
  bytes[0] = REPLY;
  bytes[3] = 0; // hops
  if (kind !== Type.NAK) bytes.set(octets(lease.client), 16);
  const facts = [
    ...[Option.TYPE, 1, kind],
    ...[Option.SERVER, 4, ...octets(lease.server)],
    ...(kind === Type.NAK ? [] : description(lease)),
    Option.END,
  ];
  const whole = Uint8Array.from([...bytes, ...COOKIE, ...facts]);
  return { bytes: whole, broadcast: kind === Type.NAK || ((message[10] ?? 0) & 0x80) !== 0 };
}

function description(lease: Lease): number[] {
  const { names, seconds } = lease;
  return [
    ...[Option.MASK, 4, ...octets(lease.mask)],
    ...[Option.ROUTER, 4, ...octets(lease.router)],
    ...(names === undefined ? [] : [Option.NAMES, 4, ...octets(names)]),
    ...[Option.SECONDS, 4, seconds >>> 24, (seconds >> 16) & 0xff, (seconds >> 8) & 0xff, seconds & 0xff],
  ];
}

/** RFC 2131, 4.3. */
function reply(lease: Lease, message: Uint8Array, given: Map<number, number[]>): number | undefined {
  const type = given.get(Option.TYPE)?.[0];
  if (type === Type.DISCOVER) return Type.OFFER;
  if (type !== Type.REQUEST) return undefined;
  const server = dotted(given.get(Option.SERVER));
  if (server !== undefined && server !== lease.server) return undefined; // it has chosen another
  const wanted = dotted(given.get(Option.ADDRESS)) ?? dotted([...message.subarray(12, 16)]);
  return wanted === lease.client ? Type.ACK : Type.NAK;
}
