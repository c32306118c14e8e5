// The chip's cable leads to this computer's loopback interface, and no further. This computer is 10.0.2.2 to the chip,
// as it is behind QEMU's own network; the chip's ports are ports of 127.0.0.1. Or the chip is one of the hosts that all
// addresses of 127.0.0.0/8 are: then addresses and ports are the same on both sides.

import * as dgram from 'node:dgram';
import * as net from 'node:net';
import { ask } from './host_names';
import { Refusals } from './host_refusals';
import { hostWire, type Ends } from './host_wire';
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

const LOOPBACK = '127.0.0.1';
/** From here on ports are chosen by chance (RFC 6335, section 6). */
const EPHEMERAL = 49152;
const BROADCAST = '127.255.255.255';
const MAC = Uint8Array.of(0x52, 0x55, 10, 0, 2, 2);

export interface HostOptions {
  /** What the chip calls this computer. */
  host?: Ipv4;
  /** The chip's own address, of 127.0.0.0/8. */
  self?: Ipv4;
  /** What the chip calls its name server, and where that is. */
  names?: { own: Ipv4; server: Endpoint };
  /** The port of 127.0.0.1 for the chip's; 0: any that is free. By default the same one. A group has its own always. */
  port?: (protocol: 'tcp' | 'udp', chip: number) => number;
  /** Of MACRAW. Without them its frames are lost, which `failed` hears. */
  wire?: Ends | Network['wire'];
  /** A port of the chip's, or its wire, is open there; or that of a group's datagrams. */
  opened?: (protocol: 'tcp' | 'udp' | 'wire', chip: number, here: number, group?: Ipv4) => void;
  /** What this computer did not allow. */
  failed?: (what: string) => void;
}

class HostConnection implements Connection {
  private events: ConnectionEvents | undefined;
  /** Reset by the peer, perhaps before the chip began. */
  private lost = false;
  private ended = false;
  private finReported = false;
  private finished = false;

  /** `begin` connects; without it the socket is connected. `again`: it has failed, and is to try once more. */
  constructor(
    private readonly socket: net.Socket,
    private readonly begin?: () => void,
    again?: () => boolean,
  ) {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('readable', () => this.events?.readable());
    socket.on('end', () => {
      this.ended = true;
      this.events?.readable();
    });
    socket.on('close', () => {
      if (this.events !== undefined && again?.() === true) return this.begin?.();
      // By FIN both ways, or by a reset.
      this.lost = !this.ended || !this.finished;
      if (this.lost) this.take()?.reset();
    });
  }

  start(events: ConnectionEvents): void {
    this.events = events;
    if (this.begin === undefined) setImmediate(() => (this.lost ? this.take()?.reset() : this.events?.established()));
    else this.socket.on('connect', () => this.events?.established());
    this.begin?.();
  }

  read(limit: number): Uint8Array {
    const length = Math.min(limit, this.socket.readableLength);
    const bytes: Buffer | null = length > 0 ? this.socket.read(length) : null;
    if (bytes !== null) return bytes;
    // 'end' comes only after a read that finds nothing.
    if (!this.ended && this.socket.readableLength === 0) this.socket.read(0);
    if (this.ended && !this.finReported) {
      this.finReported = true;
      this.events?.finished();
    }
    return new Uint8Array();
  }

  send(bytes: Uint8Array, acknowledged: () => void): void {
    this.socket.write(bytes, (error) => {
      if (!error) acknowledged();
    });
  }

  finish(): void {
    this.socket.once('finish', () => {
      this.finished = true;
      this.events?.finishAcknowledged();
    });
    this.socket.end();
  }

  abandon(): void {
    this.events = undefined;
    // A FIN that is on its way is not taken back.
    if (this.finished && this.ended) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  probe(answered: () => void): void {
    if (!this.socket.destroyed) answered();
  }

  private take(): ConnectionEvents | undefined {
    const { events } = this;
    this.events = undefined;
    return events;
  }
}

/** A port on which sockets of the chip listen, in their order. */
class Port {
  private readonly server: net.Server;
  private waiting: Parameters<Network['listen']>[1][] = [];

  constructor(
    chip: number,
    here: number,
    private readonly peer: (socket: net.Socket) => Endpoint,
    options: HostOptions,
    private readonly empty: () => void,
  ) {
    this.server = net.createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => this.accept(socket));
    this.server.on('error', (error) => options.failed?.(`port ${chip}: ${error.message}`));
    this.server.listen(here, options.self ?? LOOPBACK, () => {
      const address = this.server.address();
      if (address !== null && typeof address === 'object') options.opened?.('tcp', chip, address.port);
    });
  }

  add(incoming: Parameters<Network['listen']>[1]): Listener {
    this.waiting.push(incoming);
    return {
      close: () => {
        this.waiting = this.waiting.filter((each) => each !== incoming);
        this.closeIfEmpty();
      },
    };
  }

  private accept(socket: net.Socket): void {
    // Reset already, so that not even its peer is known.
    if (socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const incoming = this.waiting.shift();
    if (incoming === undefined) {
      socket.resetAndDestroy();
      return;
    }
    const connection = new HostConnection(socket);
    incoming(connection, this.peer(socket), MAC);
    this.closeIfEmpty();
  }

  /** Then the next SYN is refused, as it is by the chip. */
  private closeIfEmpty(): void {
    if (this.waiting.length > 0) return;
    this.server.close();
    this.empty();
  }
}

export class HostNetwork implements Network {
  private readonly host: Ipv4;
  private readonly ports = new Map<number, Port>();
  /** Where a port of the chip's was last time. */
  private readonly chosen = new Map<string, number>();
  private leaving = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: HostOptions = {}) {
    this.host = options.host ?? '10.0.2.2';
  }

  arp(address: Ipv4, answer: (mac: Uint8Array) => void): void {
    const { self, names } = this.options;
    const answers = self === undefined ? address === this.host : address !== self && this.here(address) !== undefined;
    if (answers || address === names?.own) answer(MAC);
  }

  connect(localPort: number, to: Endpoint): Connection {
    const socket = new net.Socket({ allowHalfOpen: true });
    const server = this.server(to);
    const host = server?.address ?? this.here(to.address);
    const { self } = this.options;
    let from: { localAddress?: string; localPort?: number } = {};
    if (self !== undefined && server === undefined) from = { localAddress: self, localPort };
    let again = false;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // This computer may still have a connection from there to there, which to the chip is over: from another port is
      // better than not at all.
      again = error.code === 'EADDRNOTAVAIL' && (from.localPort ?? 0) !== 0;
      if (again) from.localPort = 0;
      else if (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL') {
        this.options.failed?.(`tcp port ${localPort}: ${error.message}`);
      }
    });
    const begin = (): void => {
      again = false;
      // Beyond this computer nobody answers.
      if (host !== undefined) socket.connect({ port: server?.port ?? to.port, host, ...from });
    };
    return new HostConnection(socket, begin, () => again);
  }

  listen(port: number, incoming: Parameters<Network['listen']>[1]): Listener {
    let listening = this.ports.get(port);
    if (listening === undefined) {
      const empty = (): void => void this.ports.delete(port);
      const peer = (socket: net.Socket): Endpoint => this.seen(socket.remoteAddress, socket.remotePort);
      listening = new Port(port, this.place('tcp', port), peer, this.remembering(), empty);
      this.ports.set(port, listening);
    }
    return listening.add(incoming);
  }

  bind(port: number, group: Ipv4 | undefined, events: DatagramEvents): Datagrams {
    const { failed, self = LOOPBACK } = this.options;
    // Of a host of its own all ports are the chip's, which may have several sockets here for one.
    const hears = group === undefined && this.options.self !== undefined;
    const socket = dgram.createSocket({ type: 'udp4', reuseAddr: group !== undefined || hears });
    let open = true;
    let elsewhere = false;
    // What is sent before it is bound.
    let early: (() => void)[] | undefined = [];
    let unsent = 0;
    const left = (): void => {
      unsent -= 1;
      this.left();
      if (!open && unsent === 0) shut();
    };
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Of a port that was chosen by chance nobody needs the number, unless all is to be true. The next socket of that
      // port may have it.
      const matters = port < EPHEMERAL || this.options.self !== undefined;
      if (error.code !== 'EADDRINUSE' || matters || elsewhere) {
        failed?.(`udp port ${port}: ${error.message}`);
        early?.splice(0).forEach(left);
      } else if (open || unsent > 0) {
        elsewhere = true;
        socket.bind(0, self, bound);
      }
    });
    const heard = (bytes: Uint8Array, from: dgram.RemoteInfo): void => {
      if (!open) return;
      const kind = group === undefined ? 'unicast' : 'multicast';
      events.datagram(this.seen(from.address, from.port), bytes, kind);
    };
    socket.on('message', heard);
    const refusals = hears ? new Refusals(() => socket.address(), heard) : undefined;
    const shut = (): void => {
      socket.close();
      refusals?.close();
    };
    // A group's datagrams come only to a socket of any address.
    const bound = (): void => {
      if (!open && unsent === 0) return;
      try {
        if (group !== undefined) socket.addMembership(group, self);
      } catch (error) {
        failed?.(`udp port ${port}: ${(error as Error).message}`);
      }
      socket.setMulticastInterface(self);
      socket.setMulticastLoopback(true);
      socket.setBroadcast(true);
      for (const each of early ?? []) each();
      early = undefined;
      if (group !== undefined) this.options.opened?.('udp', port, port, group);
      else if (!elsewhere) this.remembering().opened?.('udp', port, socket.address().port);
    };
    // Who sends to a group knows its port, which all members on this computer share.
    if (group === undefined) socket.bind(this.place('udp', port), self, bound);
    else socket.bind(port, group, bound);
    const broadcasts = group === undefined ? this.broadcasts(port, events) : undefined;
    const questions: (() => void)[] = [];
    return {
      send: (to, bytes) => {
        const server = this.server(to);
        if (server !== undefined) {
          const answered = (answer: Uint8Array): void => events.datagram(to, answer, 'unicast');
          questions.push(ask(server, bytes, answered));
          return;
        }
        const multicast = Number(to.address.split('.')[0]) >> 4 === 14;
        const here = multicast ? to.address : this.here(to.address);
        // Beyond this computer they are lost.
        if (here === undefined || to.port === 0) return;
        unsent += 1;
        this.leaving += 1;
        const refused = (): void => {
          if (open) events.unreachable(to);
        };
        const leave = (): void => socket.send(bytes, to.port, here, left);
        const go = (): void => {
          if (refusals === undefined || multicast || here === BROADCAST) leave();
          else refusals.before({ address: here, port: to.port }, refused, leave);
        };
        if (early === undefined) go();
        else early.push(go);
      },
      close: () => {
        open = false;
        if (unsent === 0) shut();
        broadcasts?.close();
        for (const end of questions) end();
      },
    };
  }

  /** Calls when this computer has every datagram that was sent. */
  emptied(then: () => void): void {
    if (this.leaving === 0) then();
    else this.waiting.push(then);
  }

  private left(): void {
    this.leaving -= 1;
    if (this.leaving === 0) for (const each of this.waiting.splice(0)) each();
  }

  /** Of all hosts beside the chip, and of the chip for them: they come to a socket of that address only. */
  private broadcasts(port: number, events: DatagramEvents): dgram.Socket | undefined {
    if (this.options.self === undefined) return undefined;
    const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', () => {});
    socket.on('message', (bytes, from) => {
      if (from.address !== this.options.self) events.datagram(this.seen(from.address, from.port), bytes, 'broadcast');
    });
    return socket.bind(port, BROADCAST);
  }

  wire(received: (frame: Uint8Array) => void): Wire {
    const { wire, opened, failed } = this.options;
    if (typeof wire === 'function') return wire(received);
    if (wire !== undefined) {
      return hostWire(wire, received, (here) => opened?.('wire', 0, here), (what) => failed?.(what));
    }
    failed?.('MACRAW has no wire to send on');
    return { send: () => {}, close: () => {} };
  }

  /** A peer, as the chip sees it. */
  private seen(address: string | undefined, port: number | undefined): Endpoint {
    return { address: this.options.self === undefined ? this.host : (address ?? this.host), port: port ?? 0 };
  }

  private server(to: Endpoint): Endpoint | undefined {
    const { names } = this.options;
    return to.address === names?.own && to.port === 53 ? names.server : undefined;
  }

  private here(address: Ipv4): Ipv4 | undefined {
    if (address === this.host) return LOOPBACK;
    if (address === '255.255.255.255' && this.options.self !== undefined) return BROADCAST;
    return address.startsWith('127.') ? address : undefined;
  }

  private place(protocol: 'tcp' | 'udp', port: number): number {
    const known = this.chosen.get(`${protocol} ${port}`);
    return known ?? this.options.port?.(protocol, port) ?? port;
  }

  private remembering(): HostOptions {
    const { options } = this;
    return {
      ...options,
      opened: (protocol, chip, here) => {
        const key = `${protocol} ${chip}`;
        if (this.chosen.get(key) === here) return;
        this.chosen.set(key, here);
        options.opened?.(protocol, chip, here);
      },
    };
  }
}
