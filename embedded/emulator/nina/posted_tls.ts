// TLS whose events come when the emulator of a board can take them: between instructions, at the present.

import type { Post } from '../models/posted_network';
import type { TlsProvider } from './tls';

export const postedTls =
  (provider: TlsProvider, post: Post): TlsProvider =>
  (identity, events) =>
    provider(identity, {
      secured: () => post(() => events.secured()),
      failed: () => post(() => events.failed()),
      data: (bytes) => post(() => events.data(bytes)),
      ended: () => post(() => events.ended()),
      output: (bytes) => post(() => events.output(bytes)),
    });
