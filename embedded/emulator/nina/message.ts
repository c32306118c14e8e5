// A command as the firmware has it in memory, and the answer as it makes it (main/CommandHandler.cpp). It looks at
// fixed places and trusts every length; here what is not as it should be is noted.

import { BUFFER, END, ERROR, nameOf, REPLY, START, UNTOLD, WIDE } from './protocol';

/** The firmware wrote or read where it has nothing: the ESP32 panics and starts anew. */
export class Crash extends Error {}

export class Request {
  constructor(readonly bytes: Uint8Array) {}

  get code(): number {
    return this.byte(1);
  }

  /** How many parameters it says that it has. */
  get count(): number {
    return this.byte(2);
  }

  byte(at: number): number {
    return this.bytes[at] ?? 0;
  }

  /** As networks have them. */
  big(at: number): number {
    return (this.byte(at) << 8) | this.byte(at + 1);
  }

  little(at: number): number {
    return this.byte(at) | (this.byte(at + 1) << 8);
  }

  little32(at: number): number {
    return (this.little(at) | (this.little(at + 2) << 16)) >>> 0;
  }

  address(at: number): string {
    return this.slice(at, 4).join('.');
  }

  slice(at: number, length: number): Uint8Array {
    if (at + length > BUFFER) throw new Crash(`${nameOf(this.code)} reads ${length} bytes beyond the command`);
    return this.bytes.slice(at, at + length);
  }

  /** Up to a zero; what has no room in `limit` bytes is on somebody's stack. */
  text(at: number, length: number, limit: number): string {
    if (length > limit) throw new Crash(`${nameOf(this.code)} with ${length} bytes where ${limit} have room`);
    const bytes = this.slice(at, length);
    const end = bytes.indexOf(0);
    return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
  }

  /** What is wrong with its form, of which the firmware sees nothing. */
  fault(clocked: number): string | undefined {
    const width = WIDE.has(this.code) ? 2 : 1;
    let at = 3;
    for (let index = 0; index < this.count; index += 1) {
      at += width + (width === 1 ? this.byte(at) : this.big(at));
    }
    const name = nameOf(this.code);
    if (UNTOLD.has(this.code)) return undefined;
    if (clocked % 4 !== 0) return `${name} of ${clocked} bytes, which is no multiple of 4`;
    if (at + 1 > clocked) return `${name} with ${at + 1} bytes of which ${clocked} came`;
    return this.byte(at) === END ? undefined : `${name} without its end`;
  }
}

export type Parameters = readonly Uint8Array[];

const u8 = (value: number): Uint8Array => Uint8Array.of(value & 0xff);
const padded = (bytes: number[]): Uint8Array =>
  Uint8Array.from([...bytes, ...Array<number>(-bytes.length & 3).fill(0)]);

/** An answer; `wide`: with two bytes of length for each parameter. */
export function answer(code: number, parameters: Parameters, wide = false): Uint8Array {
  const bytes = [START, REPLY | code, parameters.length];
  for (const each of parameters) {
    if (wide) bytes.push(each.length >> 8);
    bytes.push(each.length & 0xff, ...each);
  }
  bytes.push(END);
  if (bytes.length > BUFFER) throw new Crash(`${nameOf(code)} answered with ${bytes.length} bytes`);
  return padded(bytes);
}

/** To what is no command. */
export const REFUSAL = padded([ERROR, 0, END]);

export const number8 = (value: number): Parameters => [u8(value)];
export const little16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >> 8) & 0xff);
export const big16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
export const little32 = (value: number): Uint8Array => Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
export const bytesOf = (address: string): Uint8Array => Uint8Array.from(address.split('.').map(Number));
