import type { Scope } from '../scopes.ts';

/** What the audit of a service needs to know of it. */
export interface Audit {
  readonly scope: Scope;
  /** Streams of a party, as far as its id tells them. */
  readonly streamsOf: (partyId: string) => readonly string[];
  /** SQL of further streams of a party `$1`, in a column `stream_id`; the first ones are taken. */
  readonly furtherStreams?: string;
}
