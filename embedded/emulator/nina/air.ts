// Access points, and the module as a station among them: what STA.cpp of arduino-esp32 makes of ESP-IDF's events.

import type { Cancel, Clock } from '../models/clock';
import type { Ipv4 } from '../models/network';
import { Reason, Status } from './protocol';

export interface AccessPoint {
  readonly ssid: string;
  /** WPA2; without one it is open. */
  readonly passphrase?: string;
  readonly channel?: number;
  readonly rssi?: number;
  readonly bssid?: readonly number[];
}

export interface Addresses {
  readonly own: Ipv4;
  readonly mask: Ipv4;
  readonly gateway: Ipv4;
  readonly nameServer?: Ipv4;
}

/** Microseconds that each takes. */
export interface Times {
  readonly scan: number;
  readonly join: number;
  readonly dhcp: number;
  readonly beacons: number;
}

export const TIMES: Times = { scan: 2_000_000, join: 300_000, dhcp: 200_000, beacons: 6_000_000 };

/** After these it tries again by itself (_is_staReconnectableReason). */
const AGAIN: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 7, 9, 14, 15, 16, 17, 23, 49, 200, 201, 203, 204, 205, 206, 207,
]);

const NO_NAME_SERVERS = ['0.0.0.0', '0.0.0.0'] as const;

export class Station {
  status: number = Status.STOPPED;
  reason: number = Reason.UNSPECIFIED;
  /** What it is connected to; with an address only in CONNECTED. */
  point: AccessPoint | undefined;
  /** What a scan has found. */
  found: readonly AccessPoint[] = [];
  /** Of DHCP, unless the host has set its own. */
  fixed: Addresses | undefined;
  nameServers: readonly [Ipv4, Ipv4] = NO_NAME_SERVERS;
  /** By the last REQ_HOST_BY_NAME. */
  resolved: Ipv4 = '0.0.0.0';
  private target: { ssid: string; passphrase: string } | undefined;
  private alarm: Cancel = () => {};
  private first = true;
  private inRange = true;

  constructor(
    private readonly clock: Clock,
    private readonly points: readonly AccessPoint[],
    private readonly lease: Addresses,
    private readonly times: Times,
    /** The connection is there or gone; `lost` before sockets are closed. */
    private readonly changed: (event: 'up' | 'lost' | 'other') => void,
  ) {}

  get addresses(): Addresses | undefined {
    return this.status === Status.CONNECTED ? (this.fixed ?? this.lease) : undefined;
  }

  /** WiFi.begin. */
  begin(ssid: string, passphrase: string): void {
    if (this.point !== undefined) this.drop(Reason.ASSOC_LEAVE);
    if (this.status === Status.STOPPED) this.status = Status.DISCONNECTED;
    this.target = { ssid, passphrase };
    this.attempt();
  }

  /** WiFi.disconnect. */
  leave(): void {
    this.target = undefined;
    this.alarm();
    if (this.point !== undefined) this.drop(Reason.ASSOC_LEAVE);
  }

  /** What the air has now; found after `times.scan`. */
  scan(): void {
    this.found = this.inRange ? this.points : [];
  }

  /** Out of range of all, or back. */
  set range(within: boolean) {
    if (this.inRange === within) return;
    this.inRange = within;
    if (this.point === undefined) return;
    if (within) this.alarm();
    if (within && this.status === Status.IDLE) this.configure();
    if (!within) this.later(this.times.beacons, () => this.drop(Reason.BEACON_TIMEOUT));
    this.changed('other');
  }

  get range(): boolean {
    return this.inRange;
  }

  /** The access point sends it away. */
  drop(reason: number): void {
    this.alarm();
    this.point = undefined;
    this.reason = reason;
    if (reason === Reason.NO_AP_FOUND) this.status = Status.NO_SSID;
    else if (reason === Reason.BEACON_TIMEOUT) this.status = Status.CONNECTION_LOST;
    else this.status = Status.DISCONNECTED;
    const again = reason !== Reason.ASSOC_LEAVE && (this.first || AGAIN.has(reason));
    if (reason !== Reason.ASSOC_LEAVE) this.first = false;
    this.changed('lost');
    if (again && this.target !== undefined) this.attempt();
  }

  /** As after a reset. */
  stop(): void {
    this.alarm();
    this.status = Status.STOPPED;
    this.reason = Reason.UNSPECIFIED;
    this.point = this.target = this.fixed = undefined;
    this.found = [];
    this.nameServers = NO_NAME_SERVERS;
    this.resolved = '0.0.0.0';
    this.first = true;
  }

  private attempt(): void {
    const { ssid, passphrase } = this.target!;
    const point = this.inRange ? this.points.find((each) => each.ssid === ssid) : undefined;
    if (point === undefined) return this.later(this.times.scan, () => this.drop(Reason.NO_AP_FOUND));
    this.later(this.times.join, () => {
      if (!this.inRange) return this.drop(Reason.NO_AP_FOUND);
      if (point.passphrase === undefined && passphrase !== '') return this.drop(Reason.BELOW_AUTHMODE_THRESHOLD);
      if (point.passphrase !== undefined && passphrase === '') return this.drop(Reason.NO_COMPATIBLE_SECURITY);
      if ((point.passphrase ?? '') !== passphrase) return this.drop(Reason.HANDSHAKE_4WAY_TIMEOUT);
      this.point = point;
      this.status = Status.IDLE;
      this.changed('other');
      this.configure();
    });
  }

  private configure(): void {
    this.later(this.fixed === undefined ? this.times.dhcp : 0, () => {
      this.status = Status.CONNECTED;
      if (this.fixed === undefined) this.nameServers = [this.lease.nameServer ?? this.lease.gateway, '0.0.0.0'];
      this.changed('up');
    });
  }

  private later(time: number, action: () => void): void {
    this.alarm();
    this.alarm = this.clock.after(time, action);
  }
}
