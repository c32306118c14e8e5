// The commands of slots, 28 to 46: older than the sockets of 70 to 7F, and the only ones for multicast and TLS
// (main/CommandHandler.cpp).

import { answer, big16, bytesOf, little16, number8, type Request } from './message';
import type { Handlers, Handler, Module } from './module';
import { Command, Mode } from './protocol';
import type { Slot } from './slots';
import type { Steps } from './task';
import { resolve } from './wifi_commands';

const NOWHERE = { address: '0.0.0.0', port: 0 };

/** The firmware's memory for them. */
const CERTIFICATE = 1300;
const KEY = 1700;

/** A command that does not wait, of the slot in its first parameter. */
const of =
  (at: number, action: (request: Request, slot: Slot, module: Module) => Uint8Array): Handler =>
  function* (request, module) {
    return action(request, module.slots.at(request.byte(at)), module);
  };

function* startServer(request: Request, { slots }: Module): Steps<Uint8Array> {
  const group = request.count === 3 ? NOWHERE.address : request.address(4);
  const at = request.count === 3 ? 4 : 9;
  const port = request.big(at);
  const slot = slots.at(request.byte(at + 3));
  const mode = request.byte(at + 5);
  let done = false;
  if (mode === Mode.TCP) {
    slot.server.begin(port);
    done = slot.server.listening;
  } else if (mode === Mode.UDP) {
    done = slot.udp.begin(port);
  } else if (mode === Mode.UDP_MULTICAST) {
    done = slot.udp.beginMulticast(group, port);
  }
  if (done) slot.mode = mode === Mode.TCP ? Mode.TCP : Mode.UDP;
  return answer(request.code, number8(done ? 1 : 0));
}

const available = of(4, (request, slot, { lwip, slots }) => {
  let result = 0;
  if (slot.mode === Mode.TCP && slot.server.listening) result = accept(request, slot);
  else if (slot.mode === Mode.TCP) result = slot.client.available;
  else if (slot.mode === Mode.UDP) result = slot.udp.available;
  else if (slot.mode === Mode.TLS) result = slot.tls.available;
  return answer(request.code, [little16(result)]);

  function accept(asked: Request, server: Slot): number {
    // What is behind the parameters counts as well: without the second one it is 0.
    if (asked.byte(6) === 0) {
      const client = server.server.accept();
      return client === -1 ? 255 : slots.place(client, server);
    }
    const free = slots.free;
    const client = free < 0 ? -1 : server.server.accept();
    if (client === -1) return 255;
    if (lwip.get(client) === undefined) return 255;
    slots.at(free).mode = Mode.TCP;
    slots.at(free).client.assign(client);
    return free;
  }
});

/** One byte; FF if there is none. */
const getData = of(4, (request, slot) => {
  const peek = request.byte(6) !== 0;
  const [byte = 0xff] = read(slot, 1, peek);
  return answer(request.code, number8(slot.mode === Mode.NONE ? 0 : byte));
});

function read(slot: Slot, limit: number, peek = false): Uint8Array {
  if (slot.mode === Mode.TCP) {
    const bytes = slot.client.read(limit, peek);
    return bytes === -1 ? new Uint8Array() : bytes;
  }
  if (slot.mode === Mode.UDP) return slot.udp.read(limit, peek);
  return slot.mode === Mode.TLS ? slot.tls.read(limit, peek) : new Uint8Array();
}

function* startClient(request: Request, module: Module): Steps<Uint8Array> {
  const named = request.count !== 4;
  const length = named ? request.byte(3) : 0;
  const name = named ? request.text(4, length, 255) : '';
  const at = named ? 5 + length : 4;
  const slot = module.slots.at(request.byte(at + 8));
  const mode = request.byte(at + 10);
  const port = request.big(at + 5);
  let done = false;
  const address = name === '' ? request.address(at) : yield* resolve(name, module);
  if (address !== undefined) {
    const to = { address, port };
    if (mode === Mode.TCP) done = yield* slot.client.connect(to);
    else if (mode === Mode.UDP) done = slot.udp.beginPacket(to);
    else if (mode === Mode.TLS) done = yield* secure(module, slot, to, name === '' ? address : name);
  }
  if (!done) return answer(request.code, []);
  slot.mode = mode;
  if (mode !== Mode.UDP) slot.wasConnected = true;
  return answer(request.code, number8(1));
}

/** There is memory for one with TLS. */
function* secure({ slots }: Module, slot: Slot, to: typeof NOWHERE, host: string): Steps<boolean> {
  if (slots.all.some((each) => each !== slot && each.tls.busy)) return false;
  const both = slots.certificate !== undefined && slots.key !== undefined;
  const certificate = both ? slots.certificate : undefined;
  return yield* slot.tls.connect(to, { host, certificate, key: both ? slots.key : undefined });
}

/** Of a server it stops what else is in its slot, and never the server. */
const stop = of(4, (request, slot) => {
  if (slot.mode === Mode.TCP) slot.client.stop();
  else if (slot.mode === Mode.UDP) slot.udp.stop();
  else if (slot.mode === Mode.TLS) slot.tls.stop();
  slot.mode = Mode.NONE;
  slot.wasConnected = false;
  return answer(request.code, number8(1));
});

/** 4: connected. Else a slot that was connected once is free again, and its descriptor is not. */
const state = of(4, (request, slot) => {
  const connected =
    (slot.mode === Mode.TCP && slot.client.connected) || (slot.mode === Mode.TLS && slot.tls.connected);
  if (!connected && slot.wasConnected) {
    slot.mode = Mode.NONE;
    slot.wasConnected = false;
  }
  return answer(request.code, number8(connected ? 4 : 0));
});

const remote = of(4, (request, slot) => {
  let peer = NOWHERE;
  if (slot.mode === Mode.TCP) peer = slot.client.remote ?? NOWHERE;
  else if (slot.mode === Mode.UDP) peer = slot.udp.remote;
  else if (slot.mode === Mode.TLS) peer = slot.tls.remote ?? NOWHERE;
  return answer(request.code, [bytesOf(peer.address), big16(peer.port)]);
});

function* sendData(request: Request, { slots }: Module): Steps<Uint8Array> {
  const slot = slots.at(request.byte(5));
  const bytes = request.slice(8, request.big(6));
  let written = 0;
  if (slot.mode === Mode.TCP) written = yield* slot.client.write(bytes);
  else if (slot.mode === Mode.TLS) written = yield* slot.tls.write(bytes);
  return answer(request.code, [little16(written)]);
}

/** The size is not clamped: more than the buffer holds is written beyond it, which `answer` notices. */
const getDataBuffer = of(5, (request, slot) => answer(request.code, [read(slot, request.little(8))], true));

const insertDataBuffer = of(5, (request, slot) => {
  const written = slot.udp.write(request.slice(8, request.big(6)));
  return answer(request.code, number8(written !== 0 ? 1 : 0));
});

const sendUdp = of(4, (request, slot) => answer(request.code, number8(slot.udp.endPacket() ? 1 : 0)));

const pem = (request: Request, limit: number): string => request.text(4, limit, limit);

export const SLOT_COMMANDS: Handlers = {
  [Command.START_SERVER_TCP]: startServer,
  [Command.GET_STATE_TCP]: of(4, (request, slot) => answer(request.code, number8(slot.server.listening ? 1 : 0))),
  [Command.DATA_SENT_TCP]: of(4, (request) => answer(request.code, number8(1))),
  [Command.AVAIL_DATA_TCP]: available,
  [Command.GET_DATA_TCP]: getData,
  [Command.START_CLIENT_TCP]: startClient,
  [Command.STOP_CLIENT_TCP]: stop,
  [Command.GET_CLIENT_STATE_TCP]: state,
  [Command.SEND_UDP]: sendUdp,
  [Command.GET_REMOTE]: remote,
  /** It reserves nothing: until it is used, the next one gets the same. */
  *[Command.GET_SOCKET](request, { slots }) {
    return answer(request.code, number8(slots.free < 0 ? 0xff : slots.free));
  },
  *[Command.SET_CLI_CERT](request, { slots }) {
    slots.certificate = pem(request, CERTIFICATE);
    return answer(request.code, number8(1));
  },
  *[Command.SET_PK](request, { slots }) {
    slots.key = pem(request, KEY);
    return answer(request.code, number8(1));
  },
  [Command.SEND_DATA_TCP]: sendData,
  [Command.GET_DATABUF_TCP]: getDataBuffer,
  [Command.INSERT_DATABUF]: insertDataBuffer,
};
