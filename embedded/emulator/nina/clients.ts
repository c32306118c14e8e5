// What is in a slot: NetworkClient, NetworkUDP and NetworkServer of arduino-esp32, on lwIP's descriptors. They keep the
// number of a descriptor even when it is closed below them, and may so have to do with another's.

import type { Clock } from '../models/clock';
import type { Ipv4 } from '../models/network';
import { ByteQueue } from './byte_queue';
import type { Lwip, Peer } from './lwip';
import { Crash } from './message';
import { Errno, SocketType } from './protocol';
import { now, until, type Steps } from './task';

/** WIFI_CLIENT_DEF_CONN_TIMEOUT_MS. */
export const CONNECT_TIME = 3_000_000;
/** WIFI_CLIENT_MAX_WRITE_RETRY times WIFI_CLIENT_SELECT_TIMEOUT_US. */
const WRITE_TRIES = 10;
const WRITE_TRY = 1_000_000;
/** Of NetworkUDP's buffers. */
export const PACKET = 1460;
/** What NetworkServer listens with. */
export const SERVER_BACKLOG = 4;

/** connected() of NetworkClient: what ends a connection; after anything else it counts as one. */
const GONE: readonly number[] = [Errno.ENOTCONN, Errno.ECONNRESET, Errno.ECONNABORTED];

/** A descriptor that is connected, or -1. */
export function* connectTo(lwip: Lwip, clock: Clock, to: Peer, timeout: number): Steps<number> {
  const descriptor = lwip.socket(SocketType.STREAM);
  const socket = lwip.get(descriptor);
  if (socket === undefined) return -1;
  const gone = (): boolean => lwip.get(descriptor) !== socket;
  if (now(socket.connect(to, false)) === -1 && lwip.errno !== Errno.EINPROGRESS) {
    lwip.close(descriptor);
    return -1;
  }
  yield* until(clock, () => socket.writable || gone(), timeout);
  if (gone()) return -1;
  if (socket.writable && socket.takeError() === 0) return descriptor;
  lwip.close(descriptor);
  return -1;
}

export class Client {
  private open = false;

  constructor(
    private readonly lwip: Lwip,
    private readonly clock: Clock,
    /** -1: none. */
    public descriptor = -1,
  ) {
    this.open = descriptor >= 0;
  }

  *connect(to: Peer): Steps<boolean> {
    const descriptor = yield* connectTo(this.lwip, this.clock, to, CONNECT_TIME);
    if (descriptor === -1) return false;
    this.assign(descriptor);
    return true;
  }

  /** Another connection in the place of this one, which is closed, by its number. */
  assign(descriptor: number): void {
    const { descriptor: before } = this;
    this.descriptor = descriptor;
    this.open = true;
    if (before >= 0) this.lwip.close(before);
  }

  stop(): void {
    if (this.descriptor >= 0) this.lwip.close(this.descriptor);
    this.descriptor = -1;
    this.open = false;
  }

  get available(): number {
    if (this.descriptor < 0) return 0;
    const socket = this.lwip.get(this.descriptor);
    if (socket === undefined) this.stop();
    return socket?.available ?? 0;
  }

  get connected(): boolean {
    if (!this.open) return false;
    const socket = this.lwip.get(this.descriptor);
    const bytes = socket === undefined ? -1 : now(socket.recv(1, false, true));
    if (bytes === -1 || bytes.length === 0) this.open = !GONE.includes(this.lwip.errno);
    return this.open;
  }

  /** -1 if there is no connection. */
  read(limit: number, peek = false): Uint8Array | -1 {
    if (this.descriptor < 0) return -1;
    if (this.available === 0) return this.descriptor < 0 ? -1 : new Uint8Array();
    return now(this.lwip.get(this.descriptor)!.recv(limit, false, peek));
  }

  /** How many were taken, in ten seconds at most for each piece. */
  *write(bytes: Uint8Array): Steps<number> {
    let sent = 0;
    for (let tries = WRITE_TRIES; tries > 0 && this.open && this.descriptor >= 0; tries -= 1) {
      const { descriptor } = this;
      const socket = this.lwip.tcp(descriptor);
      if (socket === undefined) return 0;
      const gone = (): boolean => this.lwip.get(descriptor) !== socket;
      const ready = yield* until(this.clock, () => socket.writable || gone(), WRITE_TRY);
      if (gone()) return 0;
      const count = ready ? now(socket.send(bytes.subarray(sent), false)) : 0;
      if (count > 0) tries = WRITE_TRIES + 1;
      if (count === -1 && this.lwip.errno !== Errno.EAGAIN) this.stop();
      sent += Math.max(0, count);
      if (sent === bytes.length) break;
    }
    return sent;
  }

  get remote(): Peer | undefined {
    return this.lwip.get(this.descriptor)?.peer();
  }
}

export class Udp {
  /** Whom beginPacket named, or from whom the last datagram came. */
  remote: Peer = { address: '0.0.0.0', port: 0 };
  private descriptor = -1;
  private out: number[] | undefined;
  private received: ByteQueue | undefined;

  constructor(private readonly lwip: Lwip) {}

  begin(port: number): boolean {
    this.stop();
    this.out = [];
    this.descriptor = this.lwip.socket(SocketType.DGRAM);
    const socket = this.lwip.udp(this.descriptor);
    if (socket === undefined) return false;
    socket.reuse = true;
    if (socket.bind(port) === -1) {
      this.stop();
      return false;
    }
    return true;
  }

  /** What is no group is begun all the same, and fails. */
  beginMulticast(group: Ipv4, port: number): boolean {
    if (!this.begin(port) || Number(group.split('.')[0]) >> 4 !== 14) return false;
    this.lwip.udp(this.descriptor)?.join(group);
    return true;
  }

  beginPacket(to: Peer): boolean {
    this.remote = to;
    if (to.port === 0) return false;
    this.out = [];
    if (this.descriptor < 0) this.descriptor = this.lwip.socket(SocketType.DGRAM);
    return this.descriptor >= 0;
  }

  /** What is more than one packet goes in several, at once. */
  write(bytes: Uint8Array): number {
    for (const each of bytes) {
      if (this.out === undefined) throw new Crash('a datagram of a slot that has begun none');
      if (this.out.length === PACKET) {
        this.endPacket();
        this.out = [];
      }
      this.out.push(each);
    }
    return bytes.length;
  }

  endPacket(): boolean {
    const socket = this.lwip.udp(this.descriptor);
    return socket !== undefined && socket.send(Uint8Array.from(this.out ?? []), this.remote) !== -1;
  }

  /** The next datagram, if the last one is read to its end. One of no bytes waits for another, and goes unseen. */
  parsePacket(): boolean {
    const socket = this.lwip.udp(this.descriptor);
    if (this.received !== undefined || socket === undefined || socket.available === 0) return false;
    const datagram = now(socket.receive(false));
    if (datagram === -1) return false;
    this.remote = datagram.from;
    if (datagram.bytes.length === 0) return false;
    this.received = new ByteQueue();
    this.received.put(datagram.bytes.subarray(0, PACKET));
    return true;
  }

  /** What is left of the datagram. */
  get available(): number {
    return this.received?.length ?? 0;
  }

  read(limit: number, peek = false): Uint8Array {
    const { received } = this;
    if (received === undefined) return new Uint8Array();
    const bytes = peek ? received.peek(limit) : received.take(limit);
    if (received.length === 0) this.received = undefined;
    return bytes;
  }

  stop(): void {
    this.out = this.received = undefined;
    if (this.descriptor >= 0) this.lwip.close(this.descriptor);
    this.descriptor = -1;
  }
}

export class Server {
  /** It never ends: no command does it. */
  listening = false;
  private descriptor = -1;
  private waiting = -1;

  constructor(private readonly lwip: Lwip) {}

  /** Nothing, if it listens already. What fails keeps its descriptor. */
  begin(port: number): void {
    if (this.listening) return;
    this.descriptor = this.lwip.socket(SocketType.STREAM);
    const socket = this.lwip.tcp(this.descriptor);
    if (socket === undefined) return;
    socket.reuse = true;
    if (socket.bind(port) === -1 || socket.listen(SERVER_BACKLOG) === -1) return;
    socket.nonblocking = true;
    this.listening = true;
  }

  /** A descriptor, or -1. */
  accept(): number {
    const { waiting } = this;
    this.waiting = -1;
    return waiting >= 0 ? waiting : this.next();
  }

  get hasClient(): boolean {
    if (this.waiting < 0) this.waiting = this.next();
    return this.waiting >= 0;
  }

  private next(): number {
    const socket = this.listening ? this.lwip.tcp(this.descriptor) : undefined;
    const client = socket === undefined ? -1 : now(socket.accept(false));
    return client === -1 ? -1 : this.lwip.add(client);
  }
}
