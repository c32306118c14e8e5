// A socket with TCP: Sn_SR's way through LISTEN or CONNECT to CLOSED (datasheet v1.0.9, pages 46 to 50).

import { dotted, octets, resolve } from './arp';
import type { Cancel } from '../models/clock';
import type { Connection, ConnectionEvents, Endpoint, Listener } from '../models/network';
import { Command, nameOf, SnIr, Status } from './registers';
import { Retry, retryTimes } from './retry';
import type { Mode, Socket } from './socket';

/** Of Sn_KPALVTR, in microseconds. */
const KEEP_ALIVE_UNIT = 5_000_000;

export class Tcp implements Mode, ConnectionEvents {
  private connection: Connection | undefined;
  private listener: Listener | undefined;
  /** Of the handshake, of data and of FIN, whichever is on. */
  private retry: Retry | undefined;
  private idle: Cancel = () => {};
  private probing: Retry | undefined;
  /** SENDs that the peer has not acknowledged. */
  private unacknowledged = 0;
  private exchanged = false;
  private finishAcked = false;

  constructor(private readonly socket: Socket) {
    socket.status = Status.INIT;
  }

  command(command: number): void {
    const { status } = this.socket;
    const open = status === Status.ESTABLISHED || status === Status.CLOSE_WAIT;
    if (command === Command.RECV) return this.readable();
    if (command === Command.DISCON) return this.disconnect();
    if (command === Command.LISTEN && status === Status.INIT) return this.listen();
    if (command === Command.CONNECT && status === Status.INIT && this.retry === undefined) return this.connect();
    if (command === Command.SEND && open) return this.send();
    if (command === Command.SEND_KEEP && open) return this.sendKeep();
    this.socket.violation(`${nameOf(Command, command)} in ${nameOf(Status, status)}`);
  }

  close(): void {
    this.quiet();
    this.listener?.close();
    this.connection?.abandon();
    this.listener = this.connection = undefined;
  }

  keepAliveChanged(): void {
    if (this.socket.status === Status.ESTABLISHED) this.keepAlive();
  }

  // What the peer does.

  established(): void {
    const { socket } = this;
    if (socket.status !== Status.SYNSENT && socket.status !== Status.SYNRECV) return;
    this.quiet();
    socket.tx.open(socket.chip.initialPointer);
    socket.status = Status.ESTABLISHED;
    socket.raise(SnIr.CON);
    this.readable();
  }

  readable(): void {
    const { socket, connection } = this;
    const { status } = socket;
    if (connection === undefined || (status !== Status.ESTABLISHED && status !== Status.FIN_WAIT)) return;
    const bytes = connection.read(socket.rx.free);
    if (bytes.length === 0) return;
    socket.rx.put(bytes);
    this.alive();
    socket.raise(SnIr.RECV);
    // The rest, or the FIN behind it.
    if (this.connection === connection) this.readable();
  }

  finished(): void {
    const { socket } = this;
    if (socket.status === Status.ESTABLISHED) {
      socket.status = Status.CLOSE_WAIT;
      socket.raise(SnIr.DISCON);
    } else if (socket.status === Status.FIN_WAIT) {
      if (this.finishAcked) this.timeWait();
      else socket.status = Status.CLOSING;
    }
  }

  finishAcknowledged(): void {
    const { socket } = this;
    this.finishAcked = true;
    if (socket.status === Status.CLOSING) this.timeWait();
    if (socket.status === Status.LAST_ACK) this.end(SnIr.DISCON);
  }

  reset(): void {
    this.connection = undefined;
    this.end(this.socket.chip.resetRaises);
  }

  // What the host orders.

  private listen(): void {
    const { socket } = this;
    socket.status = Status.LISTEN;
    this.listener = socket.chip.network.listen(socket.word('Sn_PORT'), (connection, peer, mac) => {
      this.listener = undefined;
      socket.set('Sn_DHAR', mac);
      socket.set('Sn_DIPR', octets(peer.address));
      socket.set('Sn_DPORT', Uint8Array.of(peer.port >> 8, peer.port & 0xff));
      socket.status = Status.SYNRECV;
      this.begin(connection);
    });
  }

  private connect(): void {
    const { socket } = this;
    const { chip } = socket;
    const target = socket.field('Sn_DIPR', 4);
    const to: Endpoint = { address: dotted(target), port: socket.word('Sn_DPORT') };
    const found = (mac: Uint8Array): void => {
      socket.set('Sn_DHAR', mac);
      socket.status = Status.SYNSENT;
      this.begin(chip.network.connect(socket.word('Sn_PORT'), to));
    };
    this.retry = resolve(chip.clock, chip.network, target, chip.settings(), found, () => this.end(SnIr.TIMEOUT));
    this.retry.start();
  }

  private begin(connection: Connection): void {
    this.connection = connection;
    this.await();
    connection.start(this);
  }

  private send(): void {
    const { socket, connection } = this;
    if (this.unacknowledged > 0) socket.violation('SEND before SENDOK of the last');
    const bytes = socket.tx.take();
    if (bytes === undefined) socket.violation('SEND of more than Sn_TX_FSR');
    if (bytes === undefined || connection === undefined) return;
    const end = socket.tx.read;
    this.unacknowledged += 1;
    this.await();
    connection.send(bytes, () => {
      if (this.connection !== connection) return;
      socket.tx.acknowledged = end;
      this.unacknowledged -= 1;
      if (this.unacknowledged === 0 && !this.finishing) this.settle();
      this.alive();
      socket.raise(SnIr.SENDOK);
    });
  }

  private disconnect(): void {
    const { socket, connection } = this;
    if (socket.status === Status.ESTABLISHED) socket.status = Status.FIN_WAIT;
    else if (socket.status === Status.CLOSE_WAIT) socket.status = Status.LAST_ACK;
    else if (connection === undefined || !this.finishing) return this.end(0);
    else return socket.violation(`DISCON in ${nameOf(Status, socket.status)}`);
    this.quiet();
    this.await();
    connection?.finish();
  }

  private sendKeep(): void {
    // "Ignored in case of Sn_KPALVTR > 0", and before the first byte either way.
    if (this.socket.byte('Sn_KPALVTR') === 0 && this.exchanged) this.probe();
  }

  // Time.

  private get finishing(): boolean {
    const states: number[] = [Status.FIN_WAIT, Status.CLOSING, Status.TIME_WAIT, Status.LAST_ACK];
    return states.includes(this.socket.status);
  }

  /** Waits for the peer's acknowledgement as long as RTR and RCR say. A peer whose window is shut answers probes. */
  private await(): void {
    this.settle();
    const started = this.connection;
    this.retry = this.patience((number) => {
      if (number === 0 || this.unacknowledged === 0) return;
      started?.probe(() => {
        if (this.connection === started && this.unacknowledged > 0 && !this.finishing) this.await();
      });
    });
    this.retry.start();
  }

  private settle(): void {
    this.retry?.stop();
    this.retry = undefined;
  }

  private alive(): void {
    this.exchanged = true;
    this.keepAlive();
  }

  private keepAlive(): void {
    this.idle();
    this.idle = () => {};
    const period = this.socket.byte('Sn_KPALVTR') * KEEP_ALIVE_UNIT;
    if (period === 0 || !this.exchanged || this.socket.status !== Status.ESTABLISHED) return;
    this.idle = this.socket.chip.clock.after(period, () => this.probe());
  }

  private probe(): void {
    const { connection } = this;
    this.probing?.stop();
    this.probing = this.patience(() =>
      connection?.probe(() => {
        if (this.connection !== connection) return;
        this.probing?.stop();
        this.keepAlive();
      }),
    );
    this.probing.start();
  }

  private patience(attempt: (number: number) => void): Retry {
    const { clock, settings } = { clock: this.socket.chip.clock, settings: this.socket.chip.settings() };
    const times = retryTimes(settings.rtr, settings.rcr, 'tcp');
    return new Retry(clock, times, attempt, () => this.end(SnIr.TIMEOUT));
  }

  /** The datasheet does not say how long; one RTR here. */
  private timeWait(): void {
    const { socket } = this;
    this.quiet();
    socket.status = Status.TIME_WAIT;
    this.idle = socket.chip.clock.after(socket.chip.settings().rtr * 100, () => this.end(SnIr.DISCON));
  }

  private quiet(): void {
    this.settle();
    this.probing?.stop();
    this.idle();
    this.probing = undefined;
    this.idle = () => {};
  }

  private end(interrupt: number): void {
    this.socket.close();
    if (interrupt !== 0) this.socket.raise(interrupt);
  }
}
