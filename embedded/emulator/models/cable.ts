// A cable, or the air, between a chip and its network: while it is cut, nothing gets through. Of a connection, what was
// on its way comes when it is whole again, as if it were sent again at once; requests, datagrams and frames are lost.

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

export class Cable implements Network {
  private intact = true;
  private waiting: (() => void)[] = [];

  constructor(private readonly network: Network) {}

  get whole(): boolean {
    return this.intact;
  }

  set whole(value: boolean) {
    this.intact = value;
    // What comes may cut it.
    while (this.intact && this.waiting.length > 0) this.waiting.shift()?.();
  }

  /** Now, or when it is whole again; in the order of the calls. */
  through(action: () => void): void {
    if (this.intact && this.waiting.length === 0) action();
    else this.waiting.push(action);
  }

  arp(address: Ipv4, answer: (mac: Uint8Array) => void): void {
    if (!this.intact) return;
    this.network.arp(address, (mac) => {
      if (this.intact) answer(mac);
    });
  }

  connect(localPort: number, to: Endpoint): Connection {
    return new CutConnection(this, this.network.connect(localPort, to));
  }

  listen(port: number, incoming: Parameters<Network['listen']>[1]): Listener {
    let open = true;
    let came = false;
    const listener = this.network.listen(port, (connection, peer, mac) => {
      came = true;
      this.through(() => {
        if (open) incoming(new CutConnection(this, connection), peer, mac);
        else connection.abandon();
      });
    });
    return {
      close: () => {
        open = false;
        if (!came) listener.close();
      },
    };
  }

  bind(port: number, group: Ipv4 | undefined, events: DatagramEvents): Datagrams {
    const datagrams = this.network.bind(port, group, {
      datagram: (from, bytes, kind) => {
        if (this.intact) events.datagram(from, bytes, kind);
      },
      unreachable: (to) => {
        if (this.intact) events.unreachable(to);
      },
    });
    return {
      send: (to, bytes, mac) => {
        if (this.intact) datagrams.send(to, bytes, mac);
      },
      close: () => datagrams.close(),
    };
  }

  wire(received: (frame: Uint8Array) => void): Wire {
    const wire = this.network.wire((frame) => {
      if (this.intact) received(frame);
    });
    return {
      send: (frame) => {
        if (this.intact) wire.send(frame);
      },
      close: () => wire.close(),
    };
  }
}

/** Both directions of a connection through the cable. */
class CutConnection implements Connection {
  private events: ConnectionEvents | undefined;
  private missed = false;

  constructor(
    private readonly cable: Cable,
    private readonly connection: Connection,
  ) {}

  start(events: ConnectionEvents): void {
    this.events = events;
    this.through(() =>
      this.connection.start({
        established: () => this.through(() => this.events?.established()),
        readable: () => this.through(() => this.events?.readable()),
        finished: () => this.through(() => this.events?.finished()),
        finishAcknowledged: () => this.through(() => this.events?.finishAcknowledged()),
        reset: () => this.through(() => this.events?.reset()),
      }),
    );
  }

  read(limit: number): Uint8Array {
    if (this.cable.whole) return this.connection.read(limit);
    if (!this.missed) {
      this.missed = true;
      this.through(() => {
        this.missed = false;
        this.events?.readable();
      });
    }
    return new Uint8Array();
  }

  send(bytes: Uint8Array, acknowledged: () => void): void {
    this.through(() => this.connection.send(bytes, () => this.through(acknowledged)));
  }

  finish(): void {
    this.through(() => this.connection.finish());
  }

  /** The peer hears of it when the cable is whole. */
  abandon(): void {
    this.events = undefined;
    this.cable.through(() => this.connection.abandon());
  }

  probe(answered: () => void): void {
    if (!this.cable.whole) return;
    this.connection.probe(() => {
      if (this.cable.whole) answered();
    });
  }

  /** What is still on its way when it is abandoned is lost. */
  private through(action: () => void): void {
    this.cable.through(() => {
      if (this.events !== undefined) action();
    });
  }
}
