// The model on its own: README.md.

import { HostClock } from '../models/host_clock';
import { HostNetwork } from '../models/host_network';
import { run } from '../models/program';
import type { AccessPoint } from './air';
import { resolveOnHost } from './host_resolver';
import { hostTls, readAuthorities } from './host_tls';
import { Nina } from './nina';
import { panel } from './panel';

const OPTIONS = {
  points: { value: 'SSID[:PASSPHRASE[:CHANNEL[:RSSI]]],…', default: 'eddy:eddyeddy,open' },
  latency: { value: 'MICROSECONDS', default: '50' },
  boot: { value: 'MICROSECONDS', default: '600000' },
  ca: { value: 'FILE' },
  'join-time': { value: 'MICROSECONDS', default: '300000' },
  'scan-time': { value: 'MICROSECONDS', default: '2000000' },
} as const;

/** Throws what is wrong. */
const points = (text: string): AccessPoint[] =>
  text.split(',').map((each, index) => {
    const [ssid = '', passphrase = '', channel = '1', rssi = '-50', ...more] = each.split(':');
    const wants = (what: string): never => {
      throw new Error(`--points ${each}: ${what}`);
    };
    const within = (value: string, least: number, most: number): boolean =>
      /^-?[0-9]+$/.test(value) && Number(value) >= least && Number(value) <= most;
    if (more.length > 0) wants('it wants SSID[:PASSPHRASE[:CHANNEL[:RSSI]]]');
    if (!within(`${Buffer.byteLength(ssid)}`, 1, 32)) wants('a name has from 1 to 32 bytes');
    if (passphrase !== '' && !within(`${Buffer.byteLength(passphrase)}`, 8, 63)) wants('a passphrase has from 8 to 63 bytes');
    if (!within(channel, 1, 14)) wants('a channel is from 1 to 14');
    if (!within(rssi, -128, 0)) wants('RSSI is from -128 to 0 dBm');
    return {
      ssid,
      ...(passphrase === '' ? {} : { passphrase }),
      channel: Number(channel),
      rssi: Number(rssi),
      bssid: [2, 0, 0, 0, 1, index],
    };
  });

run('nina_model', OPTIONS, ({ values, tell, network, fail }) => {
  const right = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  };
  const [ca, self] = [values.text('ca'), values.text('self')];
  const nina = new Nina(new HostClock(), new HostNetwork(network), {
    points: right(() => points(values.text('points'))),
    latency: values.number('latency'),
    boot: values.number('boot'),
    times: { join: values.number('join-time'), scan: values.number('scan-time') },
    seed: values.number('seed'),
    ...(self === '' ? {} : { lease: { own: self, mask: '255.0.0.0', gateway: '127.0.0.1' } }),
    resolve: (name, answer) => resolveOnHost(name, self === '' ? '10.0.2.2' : undefined, answer),
    tls: hostTls(ca === '' ? undefined : right(() => readAuthorities(ca))),
    time: () => Math.floor(Date.now() / 1000),
    ready: (level) => tell(`ready ${level}`),
    interrupt: (level) => tell(`gpio0 ${level}`),
    violation: (what) => tell(`violation ${what}`),
  });
  return panel(nina);
});
