// The ESP32's sockets: lwIP's, behind the commands 70 to 7F and below the slots. Six descriptors for all (lwIP 2.2,
// api/sockets.c and api/api_msg.c; ESP-IDF's lwipopts.h).

import type { Clock } from '../models/clock';
import type { Ipv4, Network } from '../models/network';
import { Errno, FIONBIO, FIONREAD, FIRST_DESCRIPTOR, Option, SOCKETS, SocketType } from './protocol';
import type { Steps } from './task';
import { TcpSocket } from './tcp';
import { UdpSocket } from './udp';
import { UdpInput } from './udp_input';

/** What sockets live in. */
export interface Surroundings {
  readonly clock: Clock;
  readonly network: Network;
  readonly udpInput: UdpInput;
  /** This host's address; undefined while it has none. */
  address(): Ipv4 | undefined;
  /** Something has come of itself: whoever waits should look. */
  changed(): void;
  /** errno of a call that gives a negative result. */
  fail(errno: number): -1;
  /** A local port that nobody has. */
  ephemeral(protocol: 'tcp' | 'udp'): number;
  /** Whether somebody has it already; `reuse` as of SO_REUSEADDR. */
  taken(protocol: 'tcp' | 'udp', port: number, reuse: boolean): boolean;
  listens(port: number): boolean;
  /** A connection that is closed and still has its port: in TIME_WAIT until the time of the clock. */
  linger(port: number, until: number): void;
}

export interface Peer {
  readonly address: Ipv4;
  readonly port: number;
}

/** What TCP's and UDP's sockets have in common. -1 is a failure, of which errno tells. */
export interface AnySocket {
  readonly protocol: 'tcp' | 'udp';
  reuse: boolean;
  nonblocking: boolean;
  /** SO_RCVTIMEO and SO_SNDTIMEO, in microseconds; 0: none. */
  receiveTimeout: number;
  sendTimeout: number;
  readonly port: number;
  /** Bound to an address of its own, as what is connected is. */
  readonly local: boolean;
  readonly available: number;
  readonly readable: boolean;
  readonly writable: boolean;
  peer(): Peer | undefined;
  /** SO_ERROR, which forgets it. */
  takeError(): number;
  bind(port: number): number;
  connect(to: Peer, wait?: boolean): Steps<number>;
  /** `peek`: they stay. */
  recv(limit: number, wait: boolean, peek?: boolean): Steps<Uint8Array | -1>;
  /** `gone`: when nothing is left of it. */
  close(gone: () => void): void;
  /** At once, without a word: the ESP32 was reset. */
  vanish(): void;
}

const EPHEMERAL = 49152;
/** CONFIG_LWIP_MAX_ACTIVE_TCP: the next one takes the place of the oldest that is in TIME_WAIT. */
const LINGERING = 16;

export class Lwip implements Surroundings {
  /** As ERRNO gives it; a call that goes well leaves it. */
  errno = 0;
  readonly udpInput: UdpInput;
  private readonly table: (AnySocket | undefined)[] = Array<undefined>(SOCKETS).fill(undefined);
  private next = EPHEMERAL;
  private lingering: { port: number; until: number }[] = [];
  /** Closed, but not yet over. */
  private readonly dying = new Set<AnySocket>();

  constructor(
    readonly clock: Clock,
    readonly network: Network,
    readonly address: () => Ipv4 | undefined,
    readonly changed: () => void,
  ) {
    this.udpInput = new UdpInput(network, address);
  }

  fail(errno: number): -1 {
    this.errno = errno;
    return -1;
  }

  /** A descriptor, or -1. */
  socket(type: number): number {
    if (type !== SocketType.STREAM && type !== SocketType.DGRAM) return this.fail(Errno.EINVAL);
    return this.add(type === SocketType.STREAM ? new TcpSocket(this) : new UdpSocket(this));
  }

  add(socket: AnySocket): number {
    const index = this.table.indexOf(undefined);
    if (index < 0) {
      socket.vanish();
      return this.fail(Errno.ENFILE);
    }
    this.table[index] = socket;
    return FIRST_DESCRIPTOR + index;
  }

  get(descriptor: number): AnySocket | undefined {
    const socket = this.table[descriptor - FIRST_DESCRIPTOR];
    if (socket === undefined) this.errno = Errno.EBADF;
    return socket;
  }

  tcp(descriptor: number): TcpSocket | undefined {
    const socket = this.get(descriptor);
    if (socket instanceof TcpSocket) return socket;
    if (socket !== undefined) this.errno = Errno.EOPNOTSUPP;
    return undefined;
  }

  udp(descriptor: number): UdpSocket | undefined {
    const socket = this.get(descriptor);
    return socket instanceof UdpSocket ? socket : undefined;
  }

  close(descriptor: number): number {
    const socket = this.get(descriptor);
    if (socket === undefined) return -1;
    this.table[descriptor - FIRST_DESCRIPTOR] = undefined;
    this.dying.add(socket);
    socket.close(() => this.dying.delete(socket));
    this.changed();
    return 0;
  }

  /** How many descriptors are left. */
  get free(): number {
    return this.table.filter((each) => each === undefined).length;
  }

  /** What the firmware does when the Wi-Fi is lost: all with a local address are closed, what listens stays. */
  closeConnected(): void {
    this.table.forEach((each, index) => {
      if (each?.local === true) this.close(FIRST_DESCRIPTOR + index);
    });
  }

  vanish(): void {
    for (const each of [...this.table, ...this.dying]) each?.vanish();
    this.table.fill(undefined);
    this.dying.clear();
  }

  ioctl(descriptor: number, command: number, argument: number): number {
    const socket = this.get(descriptor);
    if (socket === undefined) return -1;
    if (command === FIONBIO) {
      socket.nonblocking = argument !== 0;
      return argument;
    }
    return command === FIONREAD ? socket.available : this.fail(Errno.ENOSYS);
  }

  setOption(descriptor: number, option: number, value: Uint8Array): number {
    const socket = this.get(descriptor);
    if (socket === undefined) return -1;
    const read = (at: number): number => new DataView(value.buffer, value.byteOffset).getInt32(at, true);
    if (value.length < 4) return this.fail(Errno.EINVAL);
    switch (option) {
      case Option.REUSEADDR:
        socket.reuse = read(0) !== 0;
        return 0;
      case Option.KEEPALIVE:
      case Option.BROADCAST:
        return 0;
      case Option.RCVTIMEO:
      case Option.SNDTIMEO: {
        if (value.length < 8) return this.fail(Errno.EINVAL);
        const time = read(0) * 1_000_000 + read(4);
        if (option === Option.RCVTIMEO) socket.receiveTimeout = time;
        else socket.sendTimeout = time;
        return 0;
      }
      default:
        return this.fail(Errno.ENOPROTOOPT);
    }
  }

  option(descriptor: number, option: number): number {
    const socket = this.get(descriptor);
    if (socket === undefined) return -1;
    if (option === Option.ERROR) return socket.takeError();
    if (option === Option.TYPE) return socket.protocol === 'tcp' ? SocketType.STREAM : SocketType.DGRAM;
    if (option === Option.REUSEADDR) return socket.reuse ? Option.REUSEADDR : 0;
    return this.fail(Errno.ENOPROTOOPT);
  }

  ephemeral(protocol: 'tcp' | 'udp'): number {
    do this.next = this.next === 0xffff ? EPHEMERAL : this.next + 1;
    while (this.taken(protocol, this.next, false));
    return this.next;
  }

  taken(protocol: 'tcp' | 'udp', port: number, reuse: boolean): boolean {
    const now = this.clock.now();
    const lingers = this.lingering.some((each) => each.port === port && each.until > now);
    if (protocol === 'tcp' && !reuse && lingers) return true;
    // What is closed and not over has its port as before (tcp_bind: tcp_active_pcbs).
    const others = [...this.table, ...this.dying].filter((each) => each?.protocol === protocol && each.port === port);
    return others.some((each) => !(reuse && each?.reuse === true));
  }

  listens(port: number): boolean {
    return this.table.some((each) => each instanceof TcpSocket && each.listening && each.port === port);
  }

  linger(port: number, until: number): void {
    this.lingering = [...this.lingering, { port, until }].slice(-LINGERING);
  }
}
