// What handlers of commands have of the module.

import type { Chance } from '../models/chance';
import type { Clock } from '../models/clock';
import type { Ipv4, Network } from '../models/network';
import type { Station, Times } from './air';
import type { Faults } from './faults';
import type { Lwip } from './lwip';
import type { Request } from './message';
import type { Slots } from './slots';
import type { Steps } from './task';

export interface Module {
  readonly clock: Clock;
  readonly network: Network;
  readonly lwip: Lwip;
  readonly slots: Slots;
  readonly station: Station;
  readonly times: Times;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly mac: readonly number[];
  /** Seconds since 1970, as NTP has told; 0: it has not. */
  time(): number;
  /** Asks for a name's address; undefined: it has none. */
  resolve(name: string, answer: (address: Ipv4 | undefined) => void): void;
  /** Something has come of itself: whoever waits should look. */
  changed(): void;
}

/** Gives the answer, in the form that it has on SPI. */
export type Handler = (request: Request, module: Module) => Steps<Uint8Array>;

export type Handlers = Readonly<Record<number, Handler>>;
