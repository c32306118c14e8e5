// Machine: a board with an RP2040, on rp2040js, that runs a program from an ELF file without an image of the boot ROM.
//
// The emulator's own mistakes that matter here are mended on the instance: README.md has the list.

import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { npm } from './modules.mjs';

const { RP2040, BasePeripheral, GPIOPinState } = npm('rp2040js');

const FLASH = 0x10000000;
const RAM = 0x20000000;
const BOOT_SIZE = 256;
const BOOT_AT = 0x20041f00; // where the boot ROM copies stage 2 to (RP2040 datasheet, 2.8.1.3)
const SCRATCH0 = 0x4005800c;
const EMULATED = 0x79646465; // embedded/boards/rp2040/board.cc

const HARD_FAULT = 3;
const FAULT_STATUS = 70; // EX_SOFTWARE of sysexits.h

const FUNCTION_SPI = 1; // of a pin

const LATEST = 20; // milliseconds that the emulator may be late, and the board's clock is right

const SLICE = 20_000; // instructions after which node has its turn

// Arm, "Semihosting for AArch32 and AArch64".
const SEMIHOSTING = 0xab;
const GET_COMMAND_LINE = 0x15;
const EXIT_EXTENDED = 0x20;
const APPLICATION_EXIT = 0x20026;

// [address, bytes] of what an ELF file of 32 bits wants loaded, by physical address.
export function segments(elf) {
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x01\x01') throw new Error('not an ELF file of 32 bits, little-endian');
  const found = [];
  const [size, count] = [elf.readUInt16LE(42), elf.readUInt16LE(44)];
  for (let i = 0, at = elf.readUInt32LE(28); i < count; ++i, at += size) {
    const [kind, offset, , address, length] = [0, 4, 8, 12, 16].map((each) => elf.readUInt32LE(at + each));
    if (kind === 1 && length > 0) found.push([address, elf.subarray(offset, offset + length)]);
  }
  return found;
}

// The boot ROM's CRC-32 (2.8.1.3.1).
export function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ (crc < 0 || crc > 0x7fffffff ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

// The ring oscillator, of which rp2040js has none: its random bit, and nothing else.
class RingOscillator extends BasePeripheral {
  constructor(rp2040, bit) {
    super(rp2040, 'ROSC_BASE');
    this.bit = bit;
  }
  readUint32(offset) {
    return offset === 0x1c ? this.bit() : super.readUint32(offset);
  }
}

// Bits that are the same in each run, for a run in virtual time.
function repeatable() {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 1;
  };
}

export class Machine {
  // `elf`: the file's bytes. `line`: the command line, separated by '\x1f'. `virtual`: time jumps to the next alarm when
  // the processor sleeps, and is the same in each run; else it does not run ahead of the wall's. `say` gets each byte of
  // the console, `complain` a line of the emulator's own. `ended` is called once with the exit status.
  constructor({ elf, line = '', virtual = false, say = () => {}, complain = () => {}, ended = () => {} }) {
    Object.assign(this, { line, virtual, complain, ended });
    this.rp2040 = new RP2040();
    this.core = this.rp2040.core;
    this.clock = this.rp2040.clock;
    this.status = undefined;
    this.faulted = false;
    this.inside = false; // an instruction, an alarm or what is posted
    this.timer = undefined;
    this.began = performance.now();
    this.due = Infinity; // when it wants to run again
    this.seen = this.began; // when it was seen to run
    this.rp2040.logger = {
      debug() {}, info() {}, error() {},
      warn: (name, message) => complain(`${name}: ${message}`),
    };
    const bit = virtual ? repeatable() : () => randomInt(2);
    this.rp2040.peripherals[0x40060] = new RingOscillator(this.rp2040, bit);
    this.rp2040.uart[0].onByte = say;
    this.mendInterrupts();
    this.mendMemory();
    this.mendTimer();
    this.mendPins();
    this.mendSpi();
    this.rp2040.onBreak = (code) => this.onBreak(code);
    this.boot(elf);
  }

  // Begins, or goes on: to be called after what ends a sleep has been done from outside. Use `post`.
  run() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.status !== undefined) return;
    this.forgive();
    this.inside = true;
    this.slice();
    this.inside = false;
    if (this.status !== undefined) {
      this.ended(this.status);
      return;
    }
    if (!this.core.waiting) {
      this.turn();
      return;
    }
    const next = this.clock.nextAlarm;
    this.due = Infinity;
    if (next === null) return; // until somebody posts
    const left = (next.nanos - this.wall()) / 1e6;
    if (left < 1) {
      this.turn();
      return;
    }
    this.due = performance.now() + left;
    this.timer = setTimeout(() => this.run(), left);
  }

  // Time in which this computer did not let the emulator run does not pass for the board: its deadlines would be over
  // before what has come in meanwhile.
  forgive() {
    const now = performance.now();
    const late = now - this.due - LATEST;
    if (late > 0) this.began += late;
    this.due = Infinity;
    this.seen = now;
  }

  // The next slice, once node has looked at its sockets.
  turn() {
    if (this.turning) return;
    this.turning = true;
    this.due = performance.now();
    setImmediate(() => {
      this.turning = false;
      this.run();
    });
  }

  // Does something from outside, such as to set a pin, at the present. What a chip outside does for the program, within
  // an instruction or an alarm, is done at once.
  post(change) {
    if (this.status !== undefined) return;
    if (this.inside) {
      change();
      return;
    }
    this.forgive();
    this.inside = true;
    if (this.core.waiting && !this.virtual) this.tick(this.wall());
    change();
    this.inside = false;
    this.turn();
  }

  press(byte) {
    this.post(() => this.rp2040.uart[0].feedByte(byte));
  }

  // Sets a pin from outside, as a chip beside it does; for `post`. Undefined lets go of it.
  drive(pin, level) {
    this.driven[pin] = level;
    this.settle(this.rp2040.gpio[pin]);
  }

  level(pin) {
    return this.rp2040.gpio[pin].rawInputValue;
  }

  // A pin has the level that the program drives, or else a chip outside, or else the pad's resistor: rp2040js knows only
  // the second, and takes each call for an edge.
  settle(gpio) {
    const { value: state, index } = gpio;
    let level = this.driven[index];
    if (state === GPIOPinState.High || state === GPIOPinState.Low) level = state === GPIOPinState.High;
    else if (level === undefined && state === GPIOPinState.InputPullUp) level = true;
    else if (level === undefined && state === GPIOPinState.InputPullDown) level = false;
    if (level !== undefined && level !== gpio.rawInputValue) gpio.setInputValue(level);
  }

  // Connects a chip: `chip` has select, deselect and transfer, `set.reset` and maybe more; a `wiring` says which SPI
  // controller and which pins it is on.
  connect({ controller, receive, clock, transmit, select, reset }, chip) {
    const { gpio, spi } = this.rp2040;
    const low = (pin) => gpio[pin].value === GPIOPinState.Low;
    gpio[select].addListener(() => (low(select) ? chip.select() : chip.deselect()));
    gpio[reset].addListener(() => chip.set.reset(low(reset) ? 0 : 1));
    const wires = [receive, clock, transmit].map((pin) => gpio[pin]);
    this.connected[controller] = (sent) => {
      // Bytes, in mode 0 or 3, on pins that are the controller's.
      const { control0, dataBits } = spi[controller];
      if (dataBits !== 8 || (control0 >> 6 & 1) !== (control0 >> 7 & 1)) return 0xff;
      return wires.every((pin) => pin.functionSelect === FUNCTION_SPI) ? chip.transfer(sent) : 0xff;
    };
  }

  mendPins() {
    this.driven = [];
    for (const gpio of this.rp2040.gpio) gpio.addListener(() => this.settle(gpio));
  }

  // The time that the board's clock should show, in nanoseconds; in virtual time it is never behind.
  wall() {
    if (this.virtual) return Infinity;
    const now = performance.now();
    // Nor does what was lost in the middle of a slice.
    if (this.inside && now - this.seen > LATEST) this.began += now - this.seen;
    this.seen = now;
    return (now - this.began) * 1e6;
  }

  // Lets time pass up to `nanos`, or the first alarm that ends the sleep.
  tick(nanos) {
    const { core, clock } = this;
    while (core.waiting && clock.nextAlarm !== null && clock.nextAlarm.nanos <= nanos) {
      clock.tick(Math.max(clock.nextAlarm.nanos - clock.nanos, 0));
      if (core.interruptsUpdated) core.checkForInterrupts();
    }
    if (core.waiting && nanos !== Infinity && nanos > clock.nanos) clock.tick(nanos - clock.nanos);
  }

  slice() {
    const { core, clock, rp2040 } = this;
    for (let i = 0; i < SLICE && this.status === undefined; ++i) {
      if (core.waiting) {
        this.tick(this.wall());
        if (core.waiting) return;
      }
      const pc = core.PC;
      const cycles = core.executeInstruction();
      clock.tick((cycles * 1e9) / rp2040.clkSys);
      if (this.faulted) this.enterFault(pc);
      else if (core.waiting) core.checkForInterrupts();
    }
  }

  end(status) {
    this.status ??= status;
  }

  // What the boot ROM does, but that there is no other program to be had by USB.
  boot(elf) {
    const { rp2040, core } = this;
    for (const [address, bytes] of segments(elf)) {
      if (address < FLASH || address + bytes.length > FLASH + rp2040.flash.length) {
        throw new Error(`${bytes.length} bytes at 0x${address.toString(16)} are not in flash`);
      }
      rp2040.flash.set(bytes, address - FLASH);
    }
    const stage = rp2040.flash.subarray(0, BOOT_SIZE);
    const stored = Buffer.from(stage).readUInt32LE(BOOT_SIZE - 4);
    const made = checksum(stage.subarray(0, BOOT_SIZE - 4));
    if (stored !== made) {
      const [a, b] = [stored, made].map((each) => each.toString(16).padStart(8, '0'));
      throw new Error(`boot stage 2 has the checksum ${a}, and not ${b}: a board would not start it`);
    }
    rp2040.writeUint32(SCRATCH0, EMULATED);
    rp2040.sram.set(stage, BOOT_AT - RAM);
    core.VTOR = 0;
    core.SP = BOOT_AT;
    core.LR = 0;
    core.PC = BOOT_AT;
  }

  // BKPT and UDF both come here, with the program counter behind the instruction.
  onBreak(code) {
    const { core, rp2040 } = this;
    const at = core.PC - 2;
    if (rp2040.readUint16(at) !== (0xbe00 | SEMIHOSTING) || code !== SEMIHOSTING) {
      this.faulted = true;
      return;
    }
    const [operation, block] = core.registers;
    if (operation === GET_COMMAND_LINE) {
      const text = Buffer.from(`${this.line}\0`);
      if (text.length > rp2040.readUint32(block + 4)) {
        core.registers[0] = -1;
        return;
      }
      rp2040.sram.set(text, rp2040.readUint32(block) - RAM);
      rp2040.writeUint32(block + 4, text.length - 1);
      core.registers[0] = 0;
    } else if (operation === EXIT_EXTENDED) {
      const reason = rp2040.readUint32(block);
      this.end(reason === APPLICATION_EXIT ? rp2040.readUint32(block + 4) & 0xff : FAULT_STATUS);
    } else {
      core.registers[0] = -1;
    }
  }

  // HardFault, of the instruction at `pc` (ARMv6-M Architecture Reference Manual, B1.5).
  enterFault(pc) {
    const { core } = this;
    if (core.IPSR === HARD_FAULT || core.IPSR === 2) {
      this.complain(`the processor has locked up at 0x${pc.toString(16)}`);
      this.end(FAULT_STATUS);
      return;
    }
    core.PC = pc;
    core.exceptionEntry(HARD_FAULT);
    this.faulted = false; // there may have been no room for the registers
  }

  // WFI ends when an interrupt is pending that is enabled, also one that was before it and also where PRIMASK keeps the
  // processor from taking it (B1.5.17, B1.4.3): rp2040js would take it, or sleep on.
  mendInterrupts() {
    const { core } = this;
    const take = core.checkForInterrupts;
    core.checkForInterrupts = function checkForInterrupts() {
      if (!this.waiting) return take.call(this);
      if ((this.pendingInterrupts & this.enabledInterrupts) || this.pendingSystick || this.pendingPendSV || this.pendingNMI) {
        this.waiting = false;
        this.interruptsUpdated = true;
      }
      return false;
    };
  }

  // A fault where there is nothing, where an address is not aligned, and where a program writes to flash or ROM:
  // rp2040js lets all go by, or writes there. The first line of each is for speed.
  mendMemory() {
    const { rp2040 } = this;
    const size = rp2040.sram.length;
    const view = rp2040.sramView;
    const [read32, write32, read16, write16, read8, write8] =
      [rp2040.readUint32, rp2040.writeUint32, rp2040.readUint16, rp2040.writeUint16, rp2040.readUint8, rp2040.writeUint8]
        .map((each) => each.bind(rp2040));
    const there = (address, writes) =>
      (address >= RAM && address < RAM + size) ||
      (!writes && (address < 0x4000 || (address >= FLASH && address < FLASH + 0x4000000))) ||
      (address >= 0x50100000 && address < 0x50101000) ||
      address >>> 28 === 0xd || address >>> 12 === 0xe000e ||
      rp2040.findPeripheral(address) !== undefined;
    const fault = () => {
      this.faulted = true;
      return 0;
    };
    rp2040.readUint32 = (address) => {
      address >>>= 0;
      if (address & 3) return fault();
      const offset = address - RAM;
      if (offset >= 0 && offset < size) return view.getUint32(offset, true);
      return there(address, false) ? read32(address) : fault();
    };
    rp2040.readUint16 = (address) => {
      address >>>= 0;
      return (address & 1) === 0 && there(address, false) ? read16(address) : fault();
    };
    rp2040.readUint8 = (address) => (there(address >>> 0, false) ? read8(address >>> 0) : fault());
    rp2040.writeUint32 = (address, value) => {
      address >>>= 0;
      if (address & 3) return fault();
      const offset = address - RAM;
      if (offset >= 0 && offset < size) return view.setUint32(offset, value, true);
      return there(address, true) ? write32(address, value) : fault();
    };
    rp2040.writeUint16 = (address, value) => {
      address >>>= 0;
      return (address & 1) === 0 && there(address, true) ? write16(address, value) : fault();
    };
    rp2040.writeUint8 = (address, value) => (there(address >>> 0, true) ? write8(address >>> 0, value) : fault());
  }

  // An alarm comes as the timer shows its microsecond (4.6.3): rp2040js rings up to one too early.
  mendTimer() {
    const { clock } = this;
    const timer = this.rp2040.peripherals[0x40054];
    const write = timer.writeUint32.bind(timer);
    timer.writeUint32 = (offset, value) => {
      write(offset, value);
      const alarm = timer.alarms[(offset - 0x10) / 4];
      if (alarm === undefined) return;
      const present = Math.floor(clock.nanos / 1000);
      const left = (value - present) >>> 0;
      alarm.clockAlarm.schedule(Math.max((present + left) * 1000 - clock.nanos, 0));
    };
  }

  // A byte takes its time on the wires, and comes back in loopback mode (4.4.4, SSPCR1.LBM): rp2040js gives 0 at once, at
  // which DMA overruns the receive FIFO. What is connected (`connect`) gives the other byte.
  mendSpi() {
    this.connected = [() => 0, () => 0];
    for (const [number, spi] of this.rp2040.spi.entries()) {
      let value = 0;
      const shifted = this.clock.createAlarm(() => {
        spi.completeTransmit(spi.control1 & 1 ? value : this.connected[number](value));
      });
      spi.onTransmit = (sent) => {
        value = sent;
        shifted.schedule((spi.dataBits * 1e9) / spi.clockFrequency);
      };
    }
  }
}
