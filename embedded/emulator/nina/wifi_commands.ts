// The commands of Wi-Fi, names and the module itself (main/CommandHandler.cpp).

import type { AccessPoint } from './air';
import { answer, bytesOf, little16, little32, number8, type Parameters, type Request } from './message';
import type { Handler, Handlers, Module } from './module';
import { Command } from './protocol';
import { until, type Steps } from './task';

/** With its zero, as the firmware sends it. */
export const VERSION = '3.2.0';

const PING_TIMEOUT = 5_000_000;
const NOWHERE = '0.0.0.0';
/** The firmware's temprature_sens_read, of which nobody knows what it measures: 53.3 degrees, as a float. */
const TEMPERATURE = new Uint8Array(Float32Array.of((128 - 32) / 1.8).buffer);

const OPEN = 7;
const CCMP = 4;

const simple =
  (parameters: (request: Request, module: Module) => Parameters): Handler =>
  function* (request, module) {
    return answer(request.code, parameters(request, module));
  };

const done = simple(() => number8(1));

const setNet = simple((request, { station }) => {
  station.begin(request.text(4, request.byte(3), 32), '');
  return number8(1);
});

const setPassphrase = simple((request, { station }) => {
  const length = request.byte(3);
  station.begin(request.text(4, length, 32), request.text(5 + length, request.byte(4 + length), 64));
  return number8(1);
});

const setKey = simple((request, { station }) => {
  const length = request.byte(3);
  station.begin(request.text(4, length, 32), request.text(7 + length, request.byte(6 + length), 26));
  return number8(1);
});

/** The firmware leaves its answer at 0. */
const setIpConfig = simple((request, { station }) => {
  station.fixed = { own: request.address(6), gateway: request.address(11), mask: request.address(16) };
  return number8(0);
});

const getAddresses = simple((_request, { station }) => {
  const { own, mask, gateway } = station.addresses ?? { own: NOWHERE, mask: NOWHERE, gateway: NOWHERE };
  return [own, mask, gateway].map(bytesOf);
});

const setDns = simple((request, { station }) => {
  station.nameServers = [request.address(6), request.address(11)];
  return number8(1);
});

/** Of the access point that it is connected to. */
const current = (value: (point: AccessPoint) => Uint8Array, none: Uint8Array): Handler =>
  simple((_request, { station }) => [station.point === undefined ? none : value(station.point)]);

/** Of the list of the last scan. */
const listed = (value: (point: AccessPoint) => Uint8Array, none: Uint8Array): Handler =>
  simple((request, { station }) => {
    const point = station.found[request.byte(4)];
    return [point === undefined ? none : value(point)];
  });

const rssi = (point: AccessPoint): Uint8Array => little32(point.rssi ?? -50);
const bssid = (point: AccessPoint): Uint8Array => Uint8Array.from(point.bssid ?? [2, 0, 0, 0, 0, 1]);
const channel = (point: AccessPoint): Uint8Array => Uint8Array.of(point.channel ?? 1);
const encryption = (point: AccessPoint): Uint8Array => Uint8Array.of(point.passphrase === undefined ? OPEN : CCMP);
/** Of a list it is ESP-IDF's wifi_auth_mode_t. */
const authentication = (point: AccessPoint): Uint8Array => Uint8Array.of(point.passphrase === undefined ? 0 : 3);

function* scan(request: Request, { clock, station, times }: Module): Steps<Uint8Array> {
  yield* until(clock, () => false, times.scan);
  station.scan();
  return answer(request.code, station.found.map(({ ssid }) => Uint8Array.from(Buffer.from(ssid))));
}

/** A name's address, of which the firmware waits for the answer. */
export function* resolve(name: string, module: Module): Steps<string | undefined> {
  if (/^[0-9]+(\.[0-9]+){3}$/.test(name)) return name;
  if (module.station.addresses === undefined) return undefined;
  let answered = false;
  let result: string | undefined;
  module.resolve(name, (address) => {
    answered = true;
    result = address;
    module.changed();
  });
  yield* until(module.clock, () => answered);
  return result;
}

function* requestHost(request: Request, module: Module): Steps<Uint8Array> {
  const address = yield* resolve(request.text(4, request.byte(3), 255), module);
  if (address !== undefined) module.station.resolved = address;
  return answer(request.code, number8(address === undefined ? 0 : 1));
}

/** Milliseconds, or -1. It needs a descriptor. */
function* ping(request: Request, module: Module): Steps<Uint8Array> {
  const { clock, lwip, network, station } = module;
  const target = request.address(4);
  const began = clock.now();
  let answered = false;
  if (station.addresses !== undefined && lwip.free > 0) {
    network.arp(target, () => {
      answered = true;
      module.changed();
    });
    yield* until(clock, () => answered, PING_TIMEOUT);
  }
  return answer(request.code, [little16(answered ? Math.round((clock.now() - began) / 1000) : -1)]);
}

export const WIFI_COMMANDS: Handlers = {
  [Command.SET_NET]: setNet,
  [Command.SET_PASSPHRASE]: setPassphrase,
  [Command.SET_KEY]: setKey,
  [Command.SET_IP_CONFIG]: setIpConfig,
  [Command.SET_DNS]: setDns,
  [Command.SET_HOSTNAME]: done,
  [Command.SET_POWER_MODE]: done,
  [Command.SET_DEBUG]: done,
  [Command.GET_TEMP]: simple(() => [TEMPERATURE]),
  [Command.GET_DNS]: simple((_request, { station }) => station.nameServers.map(bytesOf)),
  [Command.GET_REASON_CODE]: simple((_request, { station }) => number8(station.reason)),
  [Command.GET_CONN_STATUS]: simple((_request, { station }) => number8(station.status)),
  [Command.GET_IPADDR]: getAddresses,
  [Command.GET_MACADDR]: simple((_request, { mac }) => [Uint8Array.from(mac)]),
  [Command.GET_CURR_SSID]: current(({ ssid }) => Uint8Array.from(Buffer.from(ssid)), new Uint8Array()),
  [Command.GET_CURR_BSSID]: current(bssid, new Uint8Array(6)),
  [Command.GET_CURR_RSSI]: current(rssi, little32(0)),
  [Command.GET_CURR_ENCT]: current(encryption, Uint8Array.of(255)),
  [Command.SCAN_NETWORKS]: scan,
  [Command.DISCONNECT]: simple((_request, { station }) => {
    station.leave();
    return number8(1);
  }),
  [Command.GET_IDX_RSSI]: listed(rssi, little32(0)),
  [Command.GET_IDX_ENCT]: listed(authentication, Uint8Array.of(0)),
  [Command.REQ_HOST_BY_NAME]: requestHost,
  [Command.GET_HOST_BY_NAME]: simple((_request, { station }) => [bytesOf(station.resolved)]),
  [Command.START_SCAN_NETWORKS]: done,
  [Command.GET_FW_VERSION]: simple(() => [Uint8Array.from(Buffer.from(`${VERSION}\0`))]),
  [Command.GET_TIME]: simple((_request, module) => [Uint8Array.from([...little32(module.time()), 0, 0, 0, 0])]),
  [Command.GET_IDX_BSSID]: listed(bssid, new Uint8Array(6)),
  [Command.GET_IDX_CHANNEL]: listed(channel, Uint8Array.of(0)),
  [Command.PING]: ping,
};
