// The chip's pins over a stream: a line for each order, a line for each answer, in their order; and lines with "!" whenever something
// happens. README.md has the list.

import type { W5500 } from './chip';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `undefined` if it is no hexadecimal text of whole bytes. */
function unhex(text: string): Uint8Array | undefined {
  return /^([0-9a-f]{2})*$/i.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : undefined;
}

const COUNT = /^[0-9]{1,9}$/;

export class Session {
  private rest = '';

  constructor(
    private readonly chip: W5500,
    private readonly answer: (line: string) => void,
  ) {}

  /** What came, in pieces of any size. */
  receive(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.answer(this.order(line.trim().split(/\s+/)));
  }

  private order(words: string[]): string {
    const [verb = '', first = '', second = ''] = words;
    switch (verb) {
      case 'select':
        this.chip.select();
        return 'ok';
      case 'deselect':
        this.chip.deselect();
        return 'ok';
      case 'transfer': {
        const bytes = unhex(first);
        return bytes === undefined ? 'error: not hexadecimal' : hex(bytes.map((each) => this.chip.transfer(each)));
      }
      case 'frame': {
        const bytes = unhex(first);
        return bytes === undefined ? 'error: not hexadecimal' : hex(this.chip.frame(bytes));
      }
      case 'pins':
        return `int=${this.chip.interruptPin} reset=${this.chip.resetPin} cable=${this.chip.cable ? 1 : 0}`;
      case 'pin':
        return this.setPin(first, second);
      case 'fault':
        return this.fault(first, second);
      default:
        return `error: unknown order "${verb}"`;
    }
  }

  private setPin(name: string, level: string): string {
    if (level !== '0' && level !== '1') return 'error: a level is 0 or 1';
    if (name === 'reset') this.chip.resetPin = level === '0' ? 0 : 1;
    else if (name === 'cable') this.chip.cable = level === '1';
    else return `error: no pin "${name}" to set`;
    return 'ok';
  }

  private fault(name: string, count: string): string {
    if (!COUNT.test(count)) return 'error: how many?';
    const { faults } = this.chip;
    const number = Number(count);
    if (name === 'torn-reads') faults.tornReads = number;
    else if (name === 'junk-bytes') faults.junkBytes = number;
    else if (name === 'lost-edges') faults.loseEdges = number;
    else if (name === 'reset-after') faults.resetAfter = number;
    else return `error: no fault "${name}"`;
    return 'ok';
  }
}
