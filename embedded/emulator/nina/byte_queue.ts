/** Bytes in their order. */
export class ByteQueue {
  private chunks: Uint8Array[] = [];
  private size = 0;

  get length(): number {
    return this.size;
  }

  put(bytes: Uint8Array): void {
    if (bytes.length > 0) this.chunks.push(Uint8Array.from(bytes));
    this.size += bytes.length;
  }

  /** The first ones, at most `limit`; they stay. */
  peek(limit: number): Uint8Array {
    const result = new Uint8Array(Math.min(limit, this.size));
    let at = 0;
    for (const chunk of this.chunks) {
      if (at === result.length) break;
      const part = chunk.subarray(0, result.length - at);
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  take(limit: number): Uint8Array {
    const result = this.peek(limit);
    let left = result.length;
    this.size -= left;
    while (left > 0) {
      const [first = new Uint8Array()] = this.chunks;
      if (first.length > left) this.chunks[0] = first.subarray(left);
      else this.chunks.shift();
      left -= Math.min(left, first.length);
    }
    return result;
  }

  clear(): void {
    this.chunks = [];
    this.size = 0;
  }
}
