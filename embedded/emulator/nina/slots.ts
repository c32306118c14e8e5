// The firmware's six slots, and GPIO0, which tells of them (main/CommandHandler.cpp).

import type { Clock } from '../models/clock';
import { Client, Server, Udp } from './clients';
import type { Faults } from './faults';
import type { Lwip } from './lwip';
import { Crash } from './message';
import { Mode, SOCKETS } from './protocol';
import { TlsClient, type TlsProvider } from './tls';

export class Slot {
  mode: number = Mode.NONE;
  /** By START_CLIENT_TCP, since STOP_CLIENT_TCP. */
  wasConnected = false;
  readonly client: Client;
  readonly udp: Udp;
  readonly server: Server;
  readonly tls: TlsClient;

  constructor(lwip: Lwip, clock: Clock, provider: TlsProvider | undefined, changed: () => void) {
    this.client = new Client(lwip, clock);
    this.udp = new Udp(lwip);
    this.server = new Server(lwip);
    this.tls = new TlsClient(lwip, clock, provider, changed);
  }
}

export class Slots {
  certificate: string | undefined;
  key: string | undefined;
  readonly all: readonly Slot[];

  constructor(
    private readonly lwip: Lwip,
    clock: Clock,
    private readonly faults: Faults,
    provider: TlsProvider | undefined,
    changed: () => void,
  ) {
    this.all = Array.from({ length: SOCKETS }, () => new Slot(lwip, clock, provider, changed));
  }

  /** The firmware does not look whether it is one. */
  at(index: number): Slot {
    const slot = this.all[index];
    if (slot === undefined) throw new Crash(`slot ${index}`);
    return slot;
  }

  /** The first that is free; -1 if none is. */
  get free(): number {
    return this.all.findIndex((each) => each.mode === Mode.NONE);
  }

  /** For a slot other than `server`: `descriptor` of one of its clients. Gives the slot, or 255. */
  place(descriptor: number, server: Slot): number {
    const known = this.all.findIndex(
      (each) => each !== server && each.mode === Mode.TCP && each.client.descriptor === descriptor,
    );
    const found = known >= 0 ? known : this.all.findIndex((each) => each !== server && each.mode === Mode.NONE);
    const slot = this.all[found];
    if (slot === undefined || known >= 0) {
      // The temporary that has it goes.
      this.lwip.close(descriptor);
      return known >= 0 ? known : 255;
    }
    slot.mode = Mode.TCP;
    slot.client.assign(descriptor);
    return found;
  }

  /** Bytes of TLS between its peer and what is in the clear. */
  pump(): void {
    for (const each of this.all) each.tls.pump();
  }

  /** updateGpio0Pin: whether a slot has something to tell; the first that has ends the search. */
  update(): boolean {
    return this.all.some((each) => this.tells(each));
  }

  stop(): void {
    for (const each of this.all) each.tls.stop();
  }

  private tells(slot: Slot): boolean {
    const { client, mode, server, tls, udp } = slot;
    if (mode === Mode.TCP) {
      if (server.listening && server.hasClient) {
        if (!this.faults.spend('droppedClients')) return true;
        // hasClient did not see it yet, accept did: it is a temporary's, which closes it.
        this.lwip.close(server.accept());
        return true;
      }
      return client.connected && client.available > 0;
    }
    if (mode === Mode.UDP) return udp.available > 0 || udp.parsePacket();
    return mode === Mode.TLS && tls.connected && tls.available > 0;
  }
}
