// The module's pins and faults by their names, as the program's lines have them.

import type { Panel } from '../models/serve';
import type { Nina } from './nina';

export function panel(nina: Nina): Panel {
  const { faults } = nina;
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
      'garbled-polls': (count) => (faults.garbledPolls = count),
      'sent-away': (reason) => nina.station.drop(reason),
    },
  };
}
