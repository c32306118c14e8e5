// The chip's pins and faults by their names, as the program's lines have them.

import type { Panel } from '../models/serve';
import type { W5500 } from './chip';

export function panel(chip: W5500): Panel {
  const { faults } = chip;
  return {
    select: () => chip.select(),
    deselect: () => chip.deselect(),
    transfer: (sent) => chip.transfer(sent),
    pins: () => ({ int: chip.interruptPin, reset: chip.resetPin, cable: chip.cable ? 1 : 0 }),
    set: {
      reset: (level) => (chip.resetPin = level),
      cable: (level) => (chip.cable = level === 1),
    },
    faults: {
      'torn-reads': (count) => (faults.tornReads = count),
      'junk-bytes': (count) => (faults.junkBytes = count),
      'junk-sent': (count) => (faults.junkSent = count),
      'lost-edges': (count) => (faults.loseEdges = count),
      'reset-after': (count) => (faults.resetAfter = count),
    },
  };
}
