// The module's pins and faults by their names, as the program's lines have them.

import type { Fault, Panel } from '../models/serve';
import type { Nina } from './nina';
import { Command, Errno } from './protocol';

/** Of 70 to 7F all have an answer that tells of a failure, but the one that tells its number. */
const FAILING = Object.entries(Command).filter(
  ([name, code]) =>
    (code >= Command.SOCKET && name !== 'ERRNO') ||
    ['GET_SOCKET', 'START_CLIENT_TCP', 'START_SERVER_TCP'].includes(name),
);

export function panel(nina: Nina): Panel {
  const { faults } = nina;
  const refused = Object.entries(Command).map(([name, code]): [string, Fault] => [
    `refused-${name}`,
    (times, after) => faults.doom(code, 'refused', times, after),
  ]);
  const failed = FAILING.map(([name, code]): [string, Fault] => [
    `failed-${name}`,
    (times, after, errno = Errno.EIO) => faults.doom(code, errno, times, after),
  ]);
  return {
    select: () => nina.select(),
    deselect: () => nina.deselect(),
    transfer: (sent) => nina.transfer(sent),
    pins: () => ({
      ready: nina.readyPin,
      gpio0: nina.gpio0Pin,
      reset: nina.resetPin,
      boot: nina.bootPin,
      air: nina.air ? 1 : 0,
    }),
    set: {
      reset: (level) => (nina.resetPin = level),
      boot: (level) => (nina.bootPin = level),
      air: (level) => (nina.air = level === 1),
    },
    faults: {
      'junk-bytes': (count) => (faults.junkBytes = count),
      'junk-before': (count) => (faults.junkBefore = count),
      'junk-sent': (count) => (faults.junkSent = count),
      'deaf-selects': (count) => (faults.deafSelects = count),
      'hang-after': (count) => (faults.hangAfter = count),
      'reset-after': (count) => (faults.resetAfter = count),
      'lost-edges': (count) => (faults.lostEdges = count),
      'dropped-clients': (count) => (faults.droppedClients = count),
      'sent-away': (reason) => nina.station.drop(reason),
      ...Object.fromEntries([...refused, ...failed]),
    },
  };
}
