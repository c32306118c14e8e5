// Who gets a datagram that has come: udp_input of lwIP 2.2 (core/udp.c) with ESP-IDF's SO_REUSE_RXTOALL, and the groups
// that the station has joined (core/ipv4/igmp.c), which are the interface's: lwIP does not ask which socket joined one.

import type { Datagrams, Endpoint, Ipv4, Network } from '../models/network';

export interface Receiver {
  readonly port: number;
  /** SO_REUSEADDR. */
  readonly reuse: boolean;
  /** Whether it is connected to that one; undefined if to none. */
  from(peer: Endpoint): boolean | undefined;
  take(from: Endpoint, bytes: Uint8Array): void;
}

export class UdpInput {
  /** The last one that was bound comes first. */
  private receivers: Receiver[] = [];
  private readonly members = new Map<Ipv4, number>();
  /** By port and group. */
  private readonly open = new Map<string, Datagrams>();

  constructor(
    private readonly network: Network,
    private readonly address: () => Ipv4 | undefined,
  ) {}

  bind(receiver: Receiver): void {
    this.receivers.unshift(receiver);
    this.update();
  }

  unbind(receiver: Receiver): void {
    this.receivers = this.receivers.filter((each) => each !== receiver);
    this.update();
  }

  join(group: Ipv4): void {
    this.members.set(group, (this.members.get(group) ?? 0) + 1);
    this.update();
  }

  leave(group: Ipv4): void {
    const left = (this.members.get(group) ?? 0) - 1;
    if (left > 0) this.members.set(group, left);
    else this.members.delete(group);
    this.update();
  }

  /** For what is sent from a port. */
  of(port: number): Datagrams | undefined {
    return this.open.get(`${port}`);
  }

  /** Opens what is bound or joined, and closes what is not. */
  private update(): void {
    const wanted = new Map<string, [number, Ipv4 | undefined]>();
    for (const { port } of this.receivers) {
      wanted.set(`${port}`, [port, undefined]);
      for (const group of this.members.keys()) wanted.set(`${port} ${group}`, [port, group]);
    }
    for (const [key, datagrams] of this.open) {
      if (wanted.has(key)) continue;
      datagrams.close();
      this.open.delete(key);
    }
    for (const [key, [port, group]] of wanted) {
      if (this.open.has(key)) continue;
      const datagram = (from: Endpoint, bytes: Uint8Array, kind: string): void => {
        const own = from.address === this.address();
        // No UDP_FLAGS_MULTICAST_LOOP, which no command sets.
        if (kind !== 'multicast' || !own) this.input(port, from, bytes, kind !== 'unicast');
      };
      this.open.set(key, this.network.bind(port, group, { datagram, unreachable: () => {} }));
    }
  }

  private input(port: number, from: Endpoint, bytes: Uint8Array, many: boolean): void {
    const there = this.receivers.filter((each) => each.port === port);
    const first =
      there.find((each) => each.from(from) === true) ?? there.find((each) => each.from(from) === undefined);
    if (first === undefined) return;
    // Those that are connected elsewhere get it as well.
    if (many && first.reuse) for (const each of there) if (each !== first) each.take(from, bytes);
    first.take(from, bytes);
  }
}
