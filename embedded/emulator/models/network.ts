// What is beyond a chip's cable or antenna. Implemented by a network of sockets of this computer (host_network.ts) and,
// with losses at will, by that of the tests (fake_network.ts). Events may come from within the call that causes them.

/** Dotted: "10.0.2.2". */
export type Ipv4 = string;

export interface Endpoint {
  readonly address: Ipv4;
  readonly port: number;
}

export interface ConnectionEvents {
  /** The handshake is done. */
  established(): void;
  /** There may be bytes to read. */
  readable(): void;
  /** The peer's FIN, after all that it sent has been read. */
  finished(): void;
  /** The peer has acknowledged our FIN. */
  finishAcknowledged(): void;
  /** RST, be it in answer to a SYN or later. Nothing comes after it. */
  reset(): void;
}

/** One TCP connection, or the attempt at one. */
export interface Connection {
  /** Begins: sends SYN if it is ours, answers it otherwise. */
  start(events: ConnectionEvents): void;
  /** At most `limit` bytes of what came in order; none if there are none. The rest stays with the peer (its window). */
  read(limit: number): Uint8Array;
  /** `acknowledged` is called when the peer has acknowledged all of it. */
  send(bytes: Uint8Array, acknowledged: () => void): void;
  /** FIN after what was sent. */
  finish(): void;
  /** Forgets the connection without FIN. No event comes after it. */
  abandon(): void;
  /** Asks whether the peer is still there (keep-alive, window probe). */
  probe(answered: () => void): void;
}

export interface Listener {
  close(): void;
}

export interface DatagramEvents {
  datagram(from: Endpoint, bytes: Uint8Array, kind: 'unicast' | 'broadcast' | 'multicast'): void;
  /** ICMP's "port unreachable" for a datagram of ours. */
  unreachable(to: Endpoint): void;
}

export interface Datagrams {
  send(to: Endpoint, bytes: Uint8Array, mac: Uint8Array): void;
  close(): void;
}

export interface Wire {
  send(frame: Uint8Array): void;
  close(): void;
}

export interface Network {
  /** One ARP request for `address` of the chip's own subnet. Not answered if nobody has it. */
  arp(address: Ipv4, answer: (mac: Uint8Array) => void): void;
  connect(localPort: number, to: Endpoint): Connection;
  /** One connection for this listener; the next SYN finds the next listener at that port, or is refused. */
  listen(port: number, incoming: (connection: Connection, peer: Endpoint, mac: Uint8Array) => void): Listener;
  /** With a group, also what is sent to it. */
  bind(port: number, group: Ipv4 | undefined, events: DatagramEvents): Datagrams;
  /** Ethernet frames without their check sum. */
  wire(received: (frame: Uint8Array) => void): Wire;
}
