// A network with a DHCP server on it.

import type { Clock } from './clock';
import { answer, CLIENT_PORT, SERVER_PORT, typeOf, type Lease } from './dhcp';
import type { Connection, DatagramEvents, Datagrams, Endpoint, Ipv4, Listener, Network, Wire } from './network';

/** As QEMU's own network gives them. */
export const LEASE: Lease = {
  server: '10.0.2.2',
  client: '10.0.2.15',
  mask: '255.255.255.0',
  router: '10.0.2.2',
  seconds: 86400,
};

/** Microseconds until it answers. */
const DELAY = 200;

export class DhcpNetwork implements Network {
  /** For tests: it does not answer. */
  silent = false;
  /** Microseconds, to whom, and DHCP's message type, of each that came. */
  readonly asked: { time: number; to: Ipv4; type: number | undefined }[] = [];

  constructor(
    private readonly network: Network,
    private readonly clock: Clock,
    public lease: Lease = LEASE,
  ) {}

  arp(address: Ipv4, found: (mac: Uint8Array) => void): void {
    this.network.arp(address, found);
  }

  connect(localPort: number, to: Endpoint): Connection {
    return this.network.connect(localPort, to);
  }

  listen(port: number, incoming: Parameters<Network['listen']>[1]): Listener {
    return this.network.listen(port, incoming);
  }

  wire(received: (frame: Uint8Array) => void): Wire {
    return this.network.wire(received);
  }

  bind(port: number, group: Ipv4 | undefined, events: DatagramEvents): Datagrams {
    if (port !== CLIENT_PORT || group !== undefined) return this.network.bind(port, group, events);
    // A client's port is not one of this computer's, which may have a client of its own there.
    let open = true;
    return {
      send: (to, bytes) => {
        const { server } = this.lease;
        this.asked.push({ time: this.clock.now(), to: to.address, type: typeOf(bytes) });
        if (this.silent) return;
        if (to.port !== SERVER_PORT || (to.address !== server && to.address !== '255.255.255.255')) return;
        const reply = answer(this.lease, bytes);
        if (reply === undefined) return;
        this.clock.after(DELAY, () => {
          const from = { address: server, port: SERVER_PORT };
          if (open) events.datagram(from, reply.bytes, reply.broadcast ? 'broadcast' : 'unicast');
        });
      },
      close: () => {
        open = false;
      },
    };
  }
}
