// A socket with UDP, as lwIP has it on the ESP32.

import type { Endpoint, Ipv4 } from '../models/network';
import type { AnySocket, Peer, Surroundings } from './lwip';
import { Errno } from './protocol';
import { until, type Steps } from './task';
import type { Receiver } from './udp_input';

/** CONFIG_LWIP_UDP_RECVMBOX_SIZE: what comes beyond that many datagrams is lost. */
export const QUEUE = 6;
/** Fragments are not put together (CONFIG_LWIP_IP4_REASSEMBLY): what is longer never comes. */
export const LONGEST = 1472;

const NO_MAC = new Uint8Array(6);

export interface Datagram {
  readonly from: Endpoint;
  readonly bytes: Uint8Array;
}

export class UdpSocket implements AnySocket, Receiver {
  readonly protocol = 'udp';
  reuse = false;
  nonblocking = false;
  receiveTimeout = 0;
  sendTimeout = 0;
  port = 0;
  private readonly groups: Ipv4[] = [];
  private remote: Peer | undefined;
  private queue: Datagram[] = [];

  constructor(private readonly lwip: Surroundings) {}

  get local(): boolean {
    return this.remote !== undefined;
  }

  /** Of all datagrams, as FIONREAD has it with CONFIG_LWIP_SO_RCVBUF. */
  get available(): number {
    return this.queue.reduce((sum, each) => sum + each.bytes.length, 0);
  }

  get readable(): boolean {
    return this.queue.length > 0;
  }

  get writable(): boolean {
    return true;
  }

  peer(): Peer | undefined {
    return this.remote;
  }

  takeError(): number {
    return 0;
  }

  bind(port: number): number {
    const { lwip } = this;
    if (this.port !== 0) return lwip.fail(Errno.EINVAL);
    if (port !== 0 && lwip.taken('udp', port, this.reuse)) return lwip.fail(Errno.EADDRINUSE);
    this.port = port === 0 ? lwip.ephemeral('udp') : port;
    lwip.udpInput.bind(this);
    return 0;
  }

  /** IP_ADD_MEMBERSHIP, of which the commands 70 to 7F know nothing: the station is in the group until this is closed. */
  join(group: Ipv4): void {
    this.groups.push(group);
    this.lwip.udpInput.join(group);
  }

  *connect(to: Peer): Steps<number> {
    if (this.lwip.address() === undefined) return this.lwip.fail(Errno.EHOSTUNREACH);
    if (this.port === 0) this.bind(0);
    this.remote = to;
    return 0;
  }

  /** To whom it is connected without `to`. */
  send(bytes: Uint8Array, to: Peer | undefined = this.remote): number {
    const { lwip } = this;
    if (to === undefined) return lwip.fail(Errno.EDESTADDRREQ);
    if (lwip.address() === undefined) return lwip.fail(Errno.EHOSTUNREACH);
    if (this.port === 0) this.bind(0);
    lwip.udpInput.of(this.port)?.send(to, bytes, NO_MAC);
    return bytes.length;
  }

  *receive(wait: boolean): Steps<Datagram | -1> {
    const { lwip } = this;
    const there = (): boolean => this.queue.length > 0;
    if (wait && !this.nonblocking) yield* until(lwip.clock, there, this.receiveTimeout || Infinity);
    return this.queue.shift() ?? lwip.fail(Errno.EAGAIN);
  }

  /** What of it does not fit into `limit` is lost. */
  *recv(limit: number, wait: boolean): Steps<Uint8Array | -1> {
    const datagram = yield* this.receive(wait);
    return datagram === -1 ? -1 : datagram.bytes.subarray(0, limit);
  }

  close(gone: () => void): void {
    this.vanish();
    gone();
  }

  vanish(): void {
    for (const group of this.groups.splice(0)) this.lwip.udpInput.leave(group);
    this.lwip.udpInput.unbind(this);
    this.queue = [];
  }

  from(peer: Endpoint): boolean | undefined {
    const { remote } = this;
    return remote && peer.address === remote.address && peer.port === remote.port;
  }

  take(from: Endpoint, bytes: Uint8Array): void {
    if (this.queue.length >= QUEUE || bytes.length > LONGEST) return;
    this.queue.push({ from, bytes: Uint8Array.from(bytes) });
    this.lwip.changed();
  }
}
