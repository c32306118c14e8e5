// What commands answer that have failed: their own handlers do, and the fault that makes them fail.

import { answer, big16, bytesOf, little16, number8 } from './message';
import type { Peer } from './lwip';
import type { Module } from './module';
import { Command, Poll } from './protocol';

/** What a sockaddr has in it that nobody has filled. */
const garbage = (module: Module, length: number): Uint8Array => Uint8Array.from({ length }, () => module.chance.byte());

export function endpoint(module: Module, peer: Peer | undefined): [Uint8Array, Uint8Array] {
  if (peer === undefined) return [garbage(module, 4), garbage(module, 2)];
  return [bytesOf(peer.address), little16(peer.port)];
}

/** Of those of 70 to 7F, and of those of slots that can. */
export function failure(code: number, module: Module): Uint8Array {
  switch (code) {
    case Command.GET_SOCKET:
    case Command.SOCKET:
      return answer(code, number8(0xff));
    case Command.START_CLIENT_TCP:
      return answer(code, []);
    case Command.ACCEPT:
      return answer(code, [Uint8Array.of(0xff), ...endpoint(module, undefined)]);
    case Command.RECV:
      return answer(code, [new Uint8Array()], true);
    case Command.RECVFROM:
      return answer(code, [...endpoint(module, undefined), new Uint8Array()], true);
    case Command.SEND:
    case Command.SENDTO:
      return answer(code, [big16(0)]);
    case Command.POLL:
      return answer(code, number8(Poll.READ | Poll.WRITE | Poll.ERROR | Poll.FAIL));
    case Command.IOCTL:
    case Command.GETSOCKOPT:
      return answer(code, [new Uint8Array()]);
    case Command.GETPEERNAME:
      return answer(code, [Uint8Array.of(0), ...endpoint(module, undefined)]);
    default:
      return answer(code, number8(0));
  }
}
