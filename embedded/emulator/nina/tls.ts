// A slot with TLS: NetworkClientSecure of arduino-esp32. What TLS is comes from outside (host_tls.ts).

import type { Clock } from '../models/clock';
import { ByteQueue } from './byte_queue';
import { connectTo } from './clients';
import type { Lwip, Peer } from './lwip';
import { now, until, type Steps } from './task';
import type { TcpSocket } from './tcp';

export interface TlsEvents {
  secured(): void;
  /** Before it is secured, or later. */
  failed(): void;
  /** Of the peer, in the clear. */
  data(bytes: Uint8Array): void;
  /** Of the peer's data. */
  ended(): void;
  /** For the peer, as it goes over TCP. */
  output(bytes: Uint8Array): void;
}

export interface TlsSession {
  /** What came over TCP. */
  feed(bytes: Uint8Array): void;
  /** Nothing more will. */
  end(): void;
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface TlsIdentity {
  /** Whom the certificate must name: a name, or an address if the host gave none. */
  readonly host: string;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

export type TlsProvider = (identity: TlsIdentity, events: TlsEvents) => TlsSession;

const CONNECT_TIME = 30_000_000;
const HANDSHAKE_TIME = 120_000_000;
const PIECE = 1436;

export class TlsClient {
  private descriptor = -1;
  private session: TlsSession | undefined;
  private state: 'none' | 'shaking' | 'secured' | 'over' = 'none';
  private readonly received = new ByteQueue();
  private readonly outgoing = new ByteQueue();
  private ended = false;
  private pumping = false;

  constructor(
    private readonly lwip: Lwip,
    private readonly clock: Clock,
    private readonly provider: TlsProvider | undefined,
    private readonly changed: () => void,
  ) {}

  *connect(to: Peer, identity: TlsIdentity): Steps<boolean> {
    this.stop();
    if (this.provider === undefined) return false;
    this.descriptor = yield* connectTo(this.lwip, this.clock, to, CONNECT_TIME);
    if (this.descriptor === -1) return false;
    this.state = 'shaking';
    const heard = (action: () => void): void => {
      action();
      this.changed();
    };
    this.session = this.provider(identity, {
      secured: () => heard(() => (this.state = 'secured')),
      failed: () => heard(() => (this.state = 'over')),
      data: (bytes) => heard(() => this.received.put(bytes)),
      ended: () => heard(() => (this.state = 'over')),
      output: (bytes) => heard(() => this.outgoing.put(bytes)),
    });
    this.pump();
    yield* until(this.clock, () => this.state !== 'shaking' || this.gone, HANDSHAKE_TIME);
    const done: string = this.state;
    if (done === 'secured' && !this.gone) return true;
    this.stop();
    return false;
  }

  get busy(): boolean {
    return this.session !== undefined;
  }

  /** With data that are not read it still is. Whoever asks after its end has it stopped: its descriptor is free then. */
  get connected(): boolean {
    const there = this.received.length > 0 || (this.state === 'secured' && !this.gone);
    if (!there && this.state !== 'shaking') this.stop();
    return there;
  }

  get available(): number {
    return this.connected ? this.received.length : 0;
  }

  read(limit: number, peek = false): Uint8Array {
    return peek ? this.received.peek(limit) : this.received.take(limit);
  }

  *write(bytes: Uint8Array): Steps<number> {
    if (this.state !== 'secured' || this.gone) return 0;
    this.session?.write(bytes);
    const done = (): boolean => this.outgoing.length === 0 || this.gone;
    return (yield* until(this.clock, done, CONNECT_TIME)) && !this.gone ? bytes.length : 0;
  }

  get remote(): Peer | undefined {
    return this.lwip.get(this.descriptor)?.peer();
  }

  /** Between TCP and TLS; whenever something has come. */
  pump(): void {
    const socket = this.descriptor < 0 ? undefined : this.lwip.tcp(this.descriptor);
    const { session } = this;
    // What goes out may bring something in at once.
    if (socket === undefined || session === undefined || this.pumping) return;
    this.pumping = true;
    this.carry(socket, session);
    this.pumping = false;
  }

  private carry(socket: TcpSocket, session: TlsSession): void {
    while (socket.available > 0) {
      const bytes = now(socket.recv(socket.available, false));
      if (bytes !== -1) session.feed(bytes);
    }
    if (socket.readable && socket.available === 0 && !this.ended) {
      this.ended = true;
      session.end();
    }
    while (this.outgoing.length > 0) {
      const count = now(socket.send(this.outgoing.peek(PIECE), false));
      if (count <= 0) break;
      this.outgoing.take(count);
    }
  }

  stop(): void {
    this.session?.close();
    this.session = undefined;
    if (this.descriptor >= 0) this.lwip.close(this.descriptor);
    this.descriptor = -1;
    this.state = 'none';
    this.ended = false;
    this.received.clear();
    this.outgoing.clear();
  }

  /** Its descriptor was closed below it. */
  private get gone(): boolean {
    return this.lwip.get(this.descriptor) === undefined;
  }
}
