// A chip's pins over a stream: a line for each order, a line for each answer, in their order; and lines with "!"
// whenever something happens. README.md has the list.

import type { Duplex } from 'node:stream';

export type Level = 0 | 1;

/** `count`: how often, or after how much; some take further numbers. */
export type Fault = (count: number, second?: number, third?: number) => void;

/** What a chip shows of itself to who talks to it by lines. */
export interface Panel {
  /** CS low. */
  select(): void;
  /** CS high. */
  deselect(): void;
  /** Eight clocks. */
  transfer(sent: number): number;
  /** Every pin as it is now, in the order in which they are told. */
  pins(): Readonly<Record<string, Level>>;
  /** The pins that can be set. */
  readonly set: Readonly<Record<string, (level: Level) => void>>;
  /** What can go wrong, each so many times. */
  readonly faults: Readonly<Record<string, Fault>>;
}

/** Takes a client's orders, and no more of them while it does not take its answers. */
export function attend(client: Duplex, panel: Panel): void {
  const session = new Session(panel, (line) => client.write(`${line}\n`));
  client.setEncoding('latin1');
  client.on('data', (text: string) => {
    session.receive(text);
    if (client.writableNeedDrain) client.pause();
  });
  client.on('drain', () => client.resume());
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `undefined` if it is no hexadecimal text of whole bytes. */
function unhex(text: string): Uint8Array | undefined {
  return /^([0-9a-f]{2})*$/i.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : undefined;
}

const COUNT = /^[0-9]{1,9}$/;

export class Session {
  private rest = '';

  constructor(
    private readonly panel: Panel,
    private readonly answer: (line: string) => void,
  ) {}

  /** What came, in pieces of any size. */
  receive(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.answer(this.order(line.trim().split(/\s+/)));
  }

  private order(words: string[]): string {
    const { panel } = this;
    const [verb = '', first = '', second = '', ...more] = words;
    switch (verb) {
      case 'select':
        panel.select();
        return 'ok';
      case 'deselect':
        panel.deselect();
        return 'ok';
      case 'transfer':
      case 'frame':
        return this.exchange(verb, first);
      case 'pins':
        return Object.entries(panel.pins()).map(([name, level]) => `${name}=${level}`).join(' ');
      case 'pin':
        return this.setPin(first, second);
      case 'fault':
        return this.fault(first, [second, ...more]);
      default:
        return `error: unknown order "${verb}"`;
    }
  }

  private exchange(verb: string, text: string): string {
    const { panel } = this;
    const bytes = unhex(text);
    if (bytes === undefined) return 'error: not hexadecimal';
    if (verb === 'frame') panel.select();
    const result = hex(bytes.map((each) => panel.transfer(each)));
    if (verb === 'frame') panel.deselect();
    return result;
  }

  private setPin(name: string, level: string): string {
    if (level !== '0' && level !== '1') return 'error: a level is 0 or 1';
    const set = Object.hasOwn(this.panel.set, name) ? this.panel.set[name] : undefined;
    if (set === undefined) return `error: no pin "${name}" to set`;
    set(level === '0' ? 0 : 1);
    return 'ok';
  }

  private fault(name: string, counts: string[]): string {
    if (!counts.every((each) => COUNT.test(each))) return 'error: how many?';
    const fault = Object.hasOwn(this.panel.faults, name) ? this.panel.faults[name] : undefined;
    if (fault === undefined) return `error: no fault "${name}"`;
    const [count = 0, second, third] = counts.map(Number);
    fault(count, second, third);
    return 'ok';
  }
}
