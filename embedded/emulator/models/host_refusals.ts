// ICMP's "port unreachable". This computer tells of it a socket that is connected to where the datagram went, and no
// other: so beside the one that sends there is one for each such place, at the same port. What comes from there comes to
// it, too.

import * as dgram from 'node:dgram';

/** Of this computer. */
interface Place {
  address: string;
  port: number;
}

type Heard = (bytes: Uint8Array, from: dgram.RemoteInfo) => void;

/** Of one port so many places are listened to. */
const LIMIT = 64;

/** One place. */
class Ear {
  private readonly socket = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  private waiting: (() => void)[] | undefined = [];
  private closed = false;

  constructor(own: Place, place: Place, heard: Heard, refused: () => void) {
    const { socket } = this;
    socket.on('message', heard);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') refused();
      // It cannot be listened to, or the next datagram may go.
      this.ready();
    });
    socket.bind(own.port, own.address, () => {
      if (!this.closed) socket.connect(place.port, place.address, () => this.ready());
    });
  }

  before(then: () => void): void {
    if (this.waiting === undefined) then();
    else this.waiting.push(then);
  }

  close(): void {
    this.closed = true;
    this.socket.close();
  }

  private ready(): void {
    const { waiting } = this;
    this.waiting = undefined;
    for (const each of waiting ?? []) each();
  }
}

/** Of the socket at `own`, which shares its address. */
export class Refusals {
  private readonly ears = new Map<string, Ear>();

  constructor(
    private readonly own: () => Place,
    private readonly heard: Heard,
  ) {}

  /** Calls `then` when it would be heard that this place refuses a datagram, which calls `refused`. */
  before(place: Place, refused: () => void, then: () => void): void {
    const name = `${place.address}:${place.port}`;
    let ear = this.ears.get(name);
    if (ear === undefined && this.ears.size < LIMIT) {
      ear = new Ear(this.own(), place, this.heard, refused);
      this.ears.set(name, ear);
    }
    if (ear === undefined) then();
    else ear.before(then);
  }

  close(): void {
    for (const each of this.ears.values()) each.close();
  }
}
