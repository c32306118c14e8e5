// TLS as node has it, over whatever carries its bytes.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { TlsEvents, TlsIdentity, TlsProvider, TlsSession } from './tls';

class Pipe extends Duplex {
  constructor(private readonly output: (bytes: Uint8Array) => void) {
    super();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.output(chunk);
    done();
  }
}

/** What `--ca` names. Throws what is wrong with it. */
export function readAuthorities(file: string): string {
  try {
    const text = readFileSync(file, 'latin1');
    new X509Certificate(text);
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--ca ${file}: ${code === 'ENOENT' ? 'there is no such file' : 'it is no certificate, as PEM'}`);
  }
}

/** `authorities`: PEM, those whom certificates must come from; by default node's. */
export const hostTls =
  (authorities?: string): TlsProvider =>
  (identity: TlsIdentity, events: TlsEvents): TlsSession => {
    let open = true;
    const tell = (event: () => void): void => {
      if (open) event();
    };
    const pipe = new Pipe((bytes) => tell(() => events.output(bytes)));
    const socket = tls.connect({
      socket: pipe,
      host: identity.host,
      ...(isIP(identity.host) === 0 ? { servername: identity.host } : {}),
      ...(authorities === undefined ? {} : { ca: authorities }),
      ...(identity.certificate === undefined ? {} : { cert: identity.certificate }),
      ...(identity.key === undefined ? {} : { key: identity.key }),
    });
    socket.on('secureConnect', () => tell(() => events.secured()));
    socket.on('data', (bytes: Buffer) => tell(() => events.data(bytes)));
    socket.on('end', () => tell(() => events.ended()));
    socket.on('error', () => tell(() => events.failed()));
    return {
      feed: (bytes) => pipe.push(Buffer.from(bytes)),
      end: () => pipe.push(null),
      write: (bytes) => socket.write(bytes),
      close: () => {
        open = false;
        socket.destroy();
      },
    };
  };
