// A network for tests: every answer is given, withheld or refused as the test says, at the moment it says.

import type {
  Connection,
  ConnectionEvents,
  DatagramEvents,
  Datagrams,
  Endpoint,
  Ipv4,
  Listener,
  Network,
  Wire,
} from './network';

export const PEER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 9);

/** A connection as its other end sees it. */
export class FakeConnection implements Connection {
  readonly received: number[] = [];
  finishReceived = false;
  abandoned = false;
  started = false;
  probes = 0;
  /** Whether data, FIN and probes are acknowledged at once. */
  answers = true;
  private events: ConnectionEvents | undefined;
  private unread: number[] = [];
  private finished = false;
  private owed: (() => void)[] = [];

  constructor(
    readonly localPort: number,
    readonly peer: Endpoint,
    private readonly handshake: 'accept' | 'refuse' | 'silent',
  ) {}

  // The chip's side.

  start(events: ConnectionEvents): void {
    this.events = events;
    this.started = true;
    if (this.handshake === 'accept') events.established();
    if (this.handshake === 'refuse') events.reset();
  }

  read(limit: number): Uint8Array {
    const bytes = Uint8Array.from(this.unread.splice(0, limit));
    if (bytes.length === 0 && this.unread.length === 0 && this.finished) {
      this.finished = false;
      this.events?.finished();
    }
    return bytes;
  }

  send(bytes: Uint8Array, acknowledged: () => void): void {
    this.received.push(...bytes);
    this.owe(acknowledged);
  }

  finish(): void {
    this.finishReceived = true;
    this.owe(() => this.events?.finishAcknowledged());
  }

  abandon(): void {
    this.abandoned = true;
    this.events = undefined;
  }

  probe(answered: () => void): void {
    this.probes += 1;
    if (this.answers) answered();
  }

  // The peer's.

  /** The last step of a handshake that was neither accepted nor refused at once. */
  establish(): void {
    this.events?.established();
  }

  deliver(...bytes: number[]): void {
    this.unread.push(...bytes);
    this.events?.readable();
  }

  end(): void {
    this.finished = true;
    this.events?.readable();
  }

  reset(): void {
    this.events?.reset();
  }

  /** Acknowledges all that was not, or the first `count` of data and FIN. */
  acknowledge(count = this.owed.length): void {
    for (const each of this.owed.splice(0, count)) each();
  }

  /** What it has sent and the chip has not taken. */
  get waiting(): number {
    return this.unread.length;
  }

  private owe(acknowledgement: () => void): void {
    this.owed.push(acknowledgement);
    if (this.answers) this.acknowledge();
  }
}

export interface Sent {
  to: Endpoint;
  bytes: number[];
  mac: number[];
}

export class FakeNetwork implements Network {
  /** Who answers ARP. */
  readonly hosts = new Map<Ipv4, Uint8Array>([['10.0.2.2', PEER_MAC]]);
  readonly arps: Ipv4[] = [];
  /** So many requests are lost first. */
  loseArps = 0;
  /** Whether answers wait for `answerArps`. */
  holdArps = false;
  handshake: 'accept' | 'refuse' | 'silent' = 'accept';
  readonly connections: FakeConnection[] = [];
  readonly sent: Sent[] = [];
  readonly bound: { port: number; group: Ipv4 | undefined; events: DatagramEvents; open: boolean }[] = [];
  readonly frames: number[][] = [];
  private listeners: { port: number; incoming: Parameters<Network['listen']>[1] }[] = [];
  private late: (() => void)[] = [];
  private receivers: ((frame: Uint8Array) => void)[] = [];

  arp(address: Ipv4, answer: (mac: Uint8Array) => void): void {
    this.arps.push(address);
    const mac = this.hosts.get(address);
    if (this.loseArps > 0) this.loseArps -= 1;
    else if (mac !== undefined) this.late.push(() => answer(mac));
    if (!this.holdArps) this.answerArps();
  }

  /** What was held comes now. */
  answerArps(): void {
    for (const each of this.late.splice(0)) each();
  }

  connect(localPort: number, to: Endpoint): Connection {
    const connection = new FakeConnection(localPort, to, this.handshake);
    this.connections.push(connection);
    return connection;
  }

  listen(port: number, incoming: Parameters<Network['listen']>[1]): Listener {
    const entry = { port, incoming };
    this.listeners.push(entry);
    return { close: () => (this.listeners = this.listeners.filter((each) => each !== entry)) };
  }

  bind(port: number, group: Ipv4 | undefined, events: DatagramEvents): Datagrams {
    const entry = { port, group, events, open: true };
    this.bound.push(entry);
    return {
      send: (to, bytes, mac) => void this.sent.push({ to, bytes: [...bytes], mac: [...mac] }),
      close: () => (entry.open = false),
    };
  }

  wire(received: (frame: Uint8Array) => void): Wire {
    this.receivers.push(received);
    return {
      send: (frame) => void this.frames.push([...frame]),
      close: () => (this.receivers = this.receivers.filter((each) => each !== received)),
    };
  }

  /** A SYN for the chip; undefined if nobody listens, which is a RST to who sent it. */
  syn(port: number, peer: Endpoint): FakeConnection | undefined {
    const index = this.listeners.findIndex((each) => each.port === port);
    const [listener] = index < 0 ? [] : this.listeners.splice(index, 1);
    if (listener === undefined) return undefined;
    const connection = new FakeConnection(port, peer, this.handshake);
    this.connections.push(connection);
    listener.incoming(connection, peer, PEER_MAC);
    return connection;
  }

  /** A frame for the chip. */
  frame(...bytes: number[]): void {
    for (const each of this.receivers) each(Uint8Array.from(bytes));
  }

  get listening(): number {
    return this.listeners.length;
  }
}
