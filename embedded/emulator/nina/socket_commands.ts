// The commands 70 to 7F: lwIP's sockets, one for one (main/CommandHandler.cpp, socket_socket to socket_getpeername).

import { endpoint, failure } from './failure';
import type { AnySocket } from './lwip';
import { answer, big16, little32, number8, type Request } from './message';
import type { Handler, Handlers, Module } from './module';
import { BUFFER, Command, Errno, FIONREAD, Poll } from './protocol';
import type { Steps } from './task';
import { TcpSocket } from './tcp';
import { UdpSocket } from './udp';

const yes = (request: Request, result: number): Uint8Array => answer(request.code, number8(result === -1 ? 0 : 1));

/** A command that may wait, of a descriptor in its first parameter. */
function of(action: (request: Request, module: Module, socket: AnySocket) => Steps<Uint8Array>): Handler {
  return function* (request, module) {
    module.lwip.errno = 0;
    const socket = module.lwip.get(request.byte(4));
    if (socket === undefined) return failure(request.code, module);
    return yield* action(request, module, socket);
  };
}

function* socket(request: Request, { lwip }: Module): Steps<Uint8Array> {
  lwip.errno = 0;
  const descriptor = lwip.socket(request.byte(4));
  return answer(request.code, number8(descriptor === -1 ? 0xff : descriptor));
}

function* close(request: Request, { lwip }: Module): Steps<Uint8Array> {
  lwip.errno = 0;
  return yes(request, lwip.close(request.byte(4)));
}

function* errno(request: Request, { lwip }: Module): Steps<Uint8Array> {
  return answer(request.code, number8(lwip.errno));
}

const bind = of(function* (request, _module, each) {
  return yes(request, each.bind(request.big(6)));
});

const listen = of(function* (request, { lwip }, each) {
  const result = each instanceof TcpSocket ? each.listen(request.byte(6)) : lwip.fail(Errno.EOPNOTSUPP);
  return yes(request, result);
});

const accept = of(function* (request, module, each) {
  const { lwip } = module;
  const next = each instanceof TcpSocket ? yield* each.accept(true) : lwip.fail(Errno.EOPNOTSUPP);
  const descriptor = next === -1 ? -1 : lwip.add(next);
  const peer = next === -1 || descriptor === -1 ? undefined : next.remote;
  return answer(request.code, [Uint8Array.of(descriptor & 0xff), ...endpoint(module, peer)]);
});

const connect = of(function* (request, _module, each) {
  return yes(request, yield* each.connect({ address: request.address(6), port: request.big(11) }));
});

/** Those with two bytes of length have their descriptor at another place. */
function wide(action: (request: Request, module: Module, socket: AnySocket) => Steps<number>): Handler {
  return function* (request, module) {
    module.lwip.errno = 0;
    const each = module.lwip.get(request.byte(5));
    if (each === undefined) return failure(request.code, module);
    return answer(request.code, [big16(Math.max(0, yield* action(request, module, each)))]);
  };
}

const send = wide(function* (request, _module, each) {
  const bytes = request.slice(8, request.big(6));
  if (each instanceof UdpSocket) return each.send(bytes);
  return each instanceof TcpSocket ? yield* each.send(bytes, true) : -1;
});

const sendto = wide(function* (request, _module, each) {
  const bytes = request.slice(18, request.big(16));
  const to = { address: request.address(8), port: request.big(14) };
  if (each instanceof UdpSocket) return each.send(bytes, to);
  return each instanceof TcpSocket ? yield* each.send(bytes, true) : -1;
});

const recv = of(function* (request, _module, each) {
  const bytes = yield* each.recv(Math.min(request.little(6), BUFFER - 16), true);
  return answer(request.code, [bytes === -1 ? new Uint8Array() : bytes], true);
});

/** The size is not clamped: more than the buffer holds is written beyond it, which `answer` notices. */
const recvfrom = of(function* (request, module, each) {
  const size = request.little(6);
  if (each instanceof UdpSocket) {
    const datagram = yield* each.receive(true);
    if (datagram !== -1) {
      return answer(request.code, [...endpoint(module, datagram.from), datagram.bytes.subarray(0, size)], true);
    }
    return failure(request.code, module);
  }
  const bytes = yield* each.recv(size, true);
  if (bytes === -1) return failure(request.code, module);
  return answer(request.code, [...endpoint(module, each.peer()), bytes], true);
});

const ioctl = of(function* (request, { lwip }) {
  const command = request.little32(6);
  const size = request.byte(10);
  const argument = request.slice(11, size);
  const result = lwip.ioctl(request.byte(4), command, request.little32(11));
  if (result === -1) return answer(request.code, [new Uint8Array()]);
  return answer(request.code, [command === FIONREAD ? little32(result).subarray(0, size) : argument]);
});

const poll = of(function* (request, _module, each) {
  const failed = each instanceof TcpSocket && each.failed;
  const flags = (each.readable ? Poll.READ : 0) | (each.writable ? Poll.WRITE : 0) | (failed ? Poll.ERROR : 0);
  return answer(request.code, number8(flags));
});

const setsockopt = of(function* (request, { lwip }) {
  const length = Math.min(request.byte(10), 16);
  return yes(request, lwip.setOption(request.byte(4), request.little32(6), request.slice(11, length)));
});

const getsockopt = of(function* (request, { lwip }) {
  if (request.byte(11) < 4) lwip.fail(Errno.EINVAL);
  const result = request.byte(11) < 4 ? -1 : lwip.option(request.byte(4), request.little32(6));
  return answer(request.code, [result === -1 ? new Uint8Array() : little32(result)]);
});

const getpeername = of(function* (request, module, each) {
  const peer = each.peer();
  if (peer === undefined) module.lwip.fail(Errno.ENOTCONN);
  return answer(request.code, [Uint8Array.of(peer === undefined ? 0 : 1), ...endpoint(module, peer)]);
});

export const SOCKET_COMMANDS: Handlers = {
  [Command.SOCKET]: socket,
  [Command.CLOSE]: close,
  [Command.ERRNO]: errno,
  [Command.BIND]: bind,
  [Command.LISTEN]: listen,
  [Command.ACCEPT]: accept,
  [Command.CONNECT]: connect,
  [Command.SEND]: send,
  [Command.RECV]: recv,
  [Command.SENDTO]: sendto,
  [Command.RECVFROM]: recvfrom,
  [Command.IOCTL]: ioctl,
  [Command.POLL]: poll,
  [Command.SETSOCKOPT]: setsockopt,
  [Command.GETSOCKOPT]: getsockopt,
  [Command.GETPEERNAME]: getpeername,
};
