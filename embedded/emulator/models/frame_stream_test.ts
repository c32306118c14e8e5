import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { FrameStream } from './frame_stream';

/** The other end: what was written to it, and `push` for what comes from it. */
class End extends Duplex {
  readonly written: number[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _: BufferEncoding, done: () => void): void {
    this.written.push(...bytes);
    done();
  }
}

test('frames are found wherever the stream is cut', async () => {
  const frames = [[1, 2, 3], Array<number>(300).fill(7), [9]];
  const bytes = frames.flatMap((frame) => [0, 0, frame.length >> 8, frame.length & 0xff, ...frame]);
  for (const size of [1, 2, 5, 306, 1000]) {
    const end = new End();
    const heard: number[][] = [];
    new FrameStream(end).wire((frame) => heard.push([...frame]));
    for (let at = 0; at < bytes.length; at += size) end.push(Buffer.from(bytes.slice(at, at + size)));
    end.push(null);
    await once(end, 'end');
    assert.deepEqual(heard, frames);
  }
});

test('each frame is sent behind its length', () => {
  const end = new End();
  const wire = new FrameStream(end).wire(() => {});
  wire.send(Uint8Array.of(5, 6));
  wire.send(new Uint8Array(258));
  assert.deepEqual(end.written.slice(0, 10), [0, 0, 0, 2, 5, 6, 0, 0, 1, 2]);
  assert.equal(end.written.length, 6 + 4 + 258);
});

test('a wire that is closed hears nothing, and the next one does', async () => {
  const end = new End();
  const stream = new FrameStream(end);
  const heard: string[] = [];
  const first = stream.wire(() => heard.push('first'));
  first.close();
  const come = async (): Promise<void> => {
    const came = once(end, 'data');
    end.push(Buffer.of(0, 0, 0, 1, 1));
    await came;
  };
  await come();
  stream.wire(() => heard.push('second'));
  first.close();
  await come();
  assert.deepEqual(heard, ['second']);
});
