// A socket with TCP, as lwIP has it on the ESP32.

import type { Cancel } from '../models/clock';
import type { Connection, ConnectionEvents, Listener } from '../models/network';
import { ByteQueue } from './byte_queue';
import type { AnySocket, Peer, Surroundings } from './lwip';
import { Errno } from './protocol';
import { until, type Steps } from './task';

/** CONFIG_LWIP_TCP_WND_DEFAULT and CONFIG_LWIP_TCP_SND_BUF_DEFAULT of the firmware. */
export const WINDOW = 5744;
export const SEND_BUFFER = 5744;
/** TCP_SNDLOWAT, with an MSS of 1436: POLL says that it can write when more than that is free. */
export const SEND_LOW = 2873;
/** CONFIG_LWIP_TCP_SYNMAXRTX times the first time of retransmission, which is not doubled before it is connected. */
export const CONNECT_TIMEOUT = 7 * 1_500_000;
/** CONFIG_LWIP_TCP_ACCEPTMBOX_SIZE. */
const ACCEPT_QUEUE = 6;
const FIN_WAIT_TIMEOUT = 20_000_000;
/** Two times TCP_MSL. */
export const TIME_WAIT = 120_000_000;

type State = 'new' | 'listening' | 'coming' | 'connecting' | 'connected' | 'dead';

export class TcpSocket implements AnySocket {
  readonly protocol = 'tcp';
  reuse = false;
  nonblocking = false;
  receiveTimeout = 0;
  sendTimeout = 0;
  port = 0;
  private state: State = 'new';
  /** Whom it is connected to, or was. */
  remote: Peer | undefined;
  private connection: Connection | undefined;
  private readonly received = new ByteQueue();
  private unacknowledged = 0;
  private ended = false;
  private error = 0;
  private alarm: Cancel = () => {};
  // Of a listener.
  private backlog = 0;
  private listener: Listener | undefined;
  private held: TcpSocket[] = [];
  private coming: TcpSocket[] = [];
  private accepted: TcpSocket[] = [];
  private parent: TcpSocket | undefined;
  // When it is closed.
  private closing = false;
  private active = false;
  private finished = false;
  private gone: () => void = () => {};

  constructor(private readonly lwip: Surroundings) {}

  get local(): boolean {
    return this.state === 'connecting' || this.state === 'connected';
  }

  get available(): number {
    return this.received.length;
  }

  get readable(): boolean {
    if (this.state === 'listening') return this.accepted.length > 0;
    return this.received.length > 0 || this.ended || this.state === 'dead';
  }

  /** It has come to an end otherwise than by FIN. */
  get failed(): boolean {
    return this.state === 'dead';
  }

  get writable(): boolean {
    return this.state === 'dead' || (this.state === 'connected' && SEND_BUFFER - this.unacknowledged > SEND_LOW);
  }

  get listening(): boolean {
    return this.state === 'listening';
  }

  peer(): Peer | undefined {
    return this.state === 'connected' ? this.remote : undefined;
  }

  takeError(): number {
    const { error } = this;
    this.error = 0;
    return error;
  }

  bind(port: number): number {
    const { lwip } = this;
    if (this.state !== 'new' || this.port !== 0) return lwip.fail(Errno.EINVAL);
    if (port !== 0 && lwip.taken('tcp', port, this.reuse)) return lwip.fail(Errno.EADDRINUSE);
    this.port = port === 0 ? lwip.ephemeral('tcp') : port;
    return 0;
  }

  // A listener.

  listen(backlog: number): number {
    if (this.state === 'listening') {
      this.backlog = Math.max(1, backlog);
      return 0;
    }
    if (this.state !== 'new') return this.lwip.fail(Errno.EINVAL);
    if (this.port === 0) this.port = this.lwip.ephemeral('tcp');
    // BIND lets two share a port, this does not (tcp_listen_with_backlog_and_err).
    if (this.lwip.listens(this.port)) return this.lwip.fail(Errno.EADDRINUSE);
    this.backlog = Math.max(1, backlog);
    this.state = 'listening';
    this.expect();
    return 0;
  }

  /** Gives the socket of the next one. */
  *accept(wait: boolean): Steps<TcpSocket | -1> {
    const { lwip } = this;
    if (this.state !== 'listening') return lwip.fail(Errno.EINVAL);
    const there = (): boolean => this.accepted.length > 0 || this.state !== 'listening';
    if (wait && !this.nonblocking) yield* until(lwip.clock, there, this.receiveTimeout || Infinity);
    const next = this.accepted.shift();
    if (next === undefined) return lwip.fail(this.state === 'listening' ? Errno.EAGAIN : Errno.ECONNABORTED);
    next.parent = undefined;
    this.admit();
    return next;
  }

  private expect(): void {
    this.listener = this.lwip.network.listen(this.port, (connection, remote) => {
      const next = new TcpSocket(this.lwip);
      next.connection = connection;
      next.remote = remote;
      next.port = this.port;
      // SOF_INHERITED (tcp_listen_input).
      next.reuse = this.reuse;
      next.parent = this;
      this.held.push(next);
      this.expect();
      this.admit();
    });
  }

  /** A SYN for which there is no room is dropped, and comes again: it waits here. */
  private admit(): void {
    while (this.held.length > 0 && this.coming.length + this.accepted.length < Math.min(this.backlog, ACCEPT_QUEUE)) {
      const next = this.held.shift()!;
      next.state = 'coming';
      this.coming.push(next);
      next.connection?.start(next.events);
    }
  }

  private arrived(child: TcpSocket, here: boolean): void {
    this.coming = this.coming.filter((each) => each !== child);
    if (here) this.accepted.push(child);
    else this.admit();
  }

  // A connection.

  *connect(to: Peer, wait = true): Steps<number> {
    const { lwip } = this;
    if (this.state === 'connecting') return lwip.fail(Errno.EALREADY);
    if (this.state !== 'new') return lwip.fail(this.state === 'dead' ? Errno.ENOTCONN : Errno.EISCONN);
    if (lwip.address() === undefined) return lwip.fail(Errno.EHOSTUNREACH);
    if (this.port === 0) this.port = lwip.ephemeral('tcp');
    this.state = 'connecting';
    this.remote = to;
    this.alarm = lwip.clock.after(CONNECT_TIMEOUT, () => this.die(Errno.ECONNABORTED));
    this.connection = lwip.network.connect(this.port, to);
    this.connection.start(this.events);
    if (this.nonblocking || !wait) return lwip.fail(Errno.EINPROGRESS);
    yield* until(lwip.clock, () => this.state !== 'connecting', this.sendTimeout || Infinity);
    if (this.state === 'connecting') return lwip.fail(Errno.EINPROGRESS);
    return this.state === 'connected' ? 0 : lwip.fail(this.takeError() || Errno.ENOTCONN);
  }

  /** How many were taken: of a blocking socket all, else as many as have room. */
  *send(bytes: Uint8Array, wait: boolean): Steps<number> {
    const { lwip } = this;
    let sent = 0;
    for (;;) {
      if (this.state !== 'connected') return lwip.fail(this.takeError() || Errno.ENOTCONN);
      const part = bytes.subarray(sent, sent + SEND_BUFFER - this.unacknowledged);
      sent += part.length;
      if (part.length > 0) this.transmit(part);
      if (sent === bytes.length) return sent;
      if (this.nonblocking || !wait) return sent > 0 ? sent : lwip.fail(Errno.EAGAIN);
      const room = (): boolean => this.unacknowledged < SEND_BUFFER || this.state !== 'connected';
      if (!(yield* until(lwip.clock, room, this.sendTimeout || Infinity))) {
        return sent > 0 ? sent : lwip.fail(Errno.EAGAIN);
      }
    }
  }

  /** Nothing at the end of what the peer sends, with ENOTCONN (lwip_recv_tcp: ERR_CLSD). */
  *recv(limit: number, wait: boolean, peek = false): Steps<Uint8Array | -1> {
    const { lwip } = this;
    const there = (): boolean => this.received.length > 0 || this.ended || this.state !== 'connected';
    if (this.state !== 'connected' && this.state !== 'dead') return lwip.fail(Errno.ENOTCONN);
    if (wait && !this.nonblocking) yield* until(lwip.clock, there, this.receiveTimeout || Infinity);
    if (this.received.length > 0) {
      const bytes = peek ? this.received.peek(limit) : this.received.take(limit);
      if (!peek) this.pull();
      return bytes;
    }
    if (this.state === 'dead') return lwip.fail(this.takeError() || Errno.ENOTCONN);
    if (!this.ended) return lwip.fail(Errno.EAGAIN);
    lwip.fail(Errno.ENOTCONN);
    return new Uint8Array();
  }

  private transmit(bytes: Uint8Array): void {
    this.unacknowledged += bytes.length;
    this.connection?.send(bytes, () => {
      this.unacknowledged -= bytes.length;
      this.lwip.changed();
    });
  }

  private pull(): void {
    const { connection } = this;
    while (this.connection === connection && connection !== undefined) {
      const room = WINDOW - this.received.length;
      if (room <= 0) return;
      const bytes = connection.read(room);
      if (bytes.length === 0) return;
      // For nobody: the peer is told by a reset (tcp_input: TF_RXCLOSED).
      if (this.closing) return this.vanish();
      this.received.put(bytes);
    }
  }

  /** What the peer does. */
  private readonly events: ConnectionEvents = {
    established: () => {
      if (this.state !== 'connecting' && this.state !== 'coming') return;
      this.alarm();
      this.state = 'connected';
      this.parent?.arrived(this, true);
      this.lwip.changed();
      this.pull();
    },
    readable: () => {
      this.pull();
      this.lwip.changed();
    },
    finished: () => {
      this.ended = true;
      this.lwip.changed();
      this.over();
    },
    finishAcknowledged: () => {
      this.finished = true;
      this.over();
    },
    reset: () => {
      this.connection = undefined;
      if (this.state === 'coming') this.parent?.arrived(this, false);
      this.die(Errno.ECONNRESET);
    },
  };

  private die(errno: number): void {
    // Nobody is left who would be told.
    if (this.closing) return this.vanish();
    this.alarm();
    this.connection?.abandon();
    this.connection = undefined;
    this.state = 'dead';
    this.error = errno;
    this.lwip.changed();
  }

  // The end.

  close(gone: () => void): void {
    this.gone = gone;
    this.alarm();
    this.listener?.close();
    for (const each of [...this.held, ...this.coming, ...this.accepted]) each.vanish();
    const { connection, lwip } = this;
    // With data that nobody has read, or before it was connected, it is a reset (tcp_close_shutdown).
    if (connection === undefined || this.state !== 'connected' || this.received.length > 0) return this.vanish();
    this.closing = true;
    this.active = !this.ended;
    this.alarm = lwip.clock.after(FIN_WAIT_TIMEOUT, () => this.vanish());
    connection.finish();
    if (this.closing) this.pull();
  }

  vanish(): void {
    this.alarm();
    this.listener?.close();
    this.connection?.abandon();
    for (const each of [...this.held, ...this.coming, ...this.accepted]) each.vanish();
    this.held = this.coming = this.accepted = [];
    this.listener = this.connection = undefined;
    this.state = 'dead';
    this.closing = false;
    this.gone();
  }

  private over(): void {
    if (!this.closing || !this.finished || !this.ended) return;
    if (this.active) this.lwip.linger(this.port, this.lwip.clock.now() + TIME_WAIT);
    this.vanish();
  }
}
