// A network whose events come when the emulator of a board can take them: between instructions, at the present.

import type { Connection, DatagramEvents, Datagrams, Endpoint, Ipv4, Listener, Network, Wire } from './network';

/** Calls `event` soon, or at once where that is possible. */
export type Post = (event: () => void) => void;

function posted(connection: Connection, post: Post): Connection {
  return {
    start: (events) =>
      connection.start({
        established: () => post(() => events.established()),
        readable: () => post(() => events.readable()),
        finished: () => post(() => events.finished()),
        finishAcknowledged: () => post(() => events.finishAcknowledged()),
        reset: () => post(() => events.reset()),
      }),
    read: (limit) => connection.read(limit),
    send: (bytes, acknowledged) => connection.send(bytes, () => post(acknowledged)),
    finish: () => connection.finish(),
    abandon: () => connection.abandon(),
    probe: (answered) => connection.probe(() => post(answered)),
  };
}

export class PostedNetwork implements Network {
  constructor(
    private readonly network: Network,
    private readonly post: Post,
  ) {}

  arp(address: Ipv4, answer: (mac: Uint8Array) => void): void {
    this.network.arp(address, (mac) => this.post(() => answer(mac)));
  }

  connect(localPort: number, to: Endpoint): Connection {
    return posted(this.network.connect(localPort, to), this.post);
  }

  listen(port: number, incoming: Parameters<Network['listen']>[1]): Listener {
    const { post } = this;
    return this.network.listen(port, (connection, peer, mac) =>
      post(() => incoming(posted(connection, post), peer, mac)),
    );
  }

  bind(port: number, group: Ipv4 | undefined, events: DatagramEvents): Datagrams {
    const { post } = this;
    return this.network.bind(port, group, {
      datagram: (from, bytes, kind) => post(() => events.datagram(from, bytes, kind)),
      unreachable: (to) => post(() => events.unreachable(to)),
    });
  }

  wire(received: (frame: Uint8Array) => void): Wire {
    return this.network.wire((frame) => this.post(() => received(frame)));
  }
}
