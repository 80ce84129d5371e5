import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashedHeaders, hashOf, headersOf, type StoredEvent } from '@tokengrid/contracts';
import type { DocumentedCatalogue } from './catalogues.ts';
import { root } from './root.ts';

/** The event of the worked example. */
const example: Omit<StoredEvent, 'hash'> = {
  service: 'wallet',
  lane: 3,
  sequence: 812,
  streamId: 'wal_01jzx3k9v8e7f9q2m4n6p8r0t2',
  revision: 17,
  type: 'WalletClosed',
  version: 1,
  time: Date.UTC(2026, 0, 31, 8, 15, 30, 250),
  commandId: '9f86d081-884c-7d65-9a2f-eaa0c55ad015',
  inputHash: undefined,
  causationId: '9f86d081-884c-7d65-9a2f-eaa0c55ad015',
  correlationId: 'b1f0c9e2',
  actor: 'sub_01jzx3k9v8e7f9q2m4n6p8r0t2/key_01jzx3k9v8e7f9q2m4n6p8r0t3',
  traceparent: undefined,
  value: Buffer.from('{"walletId":"wal_01jzx3k9v8e7f9q2m4n6p8r0t2","status":"closed"}'),
};
const previousHash = '5e'.repeat(32);

/** Table of accounts, from the wallet's README. */
function accounts(): string {
  const law = readFileSync(join(root, 'apps/wallet/README.md'), 'utf8');
  const [, table] = /^## Accounts\n+([\s\S]*?)\n+## /m.exec(law) ?? [];
  if (table === undefined) throw new Error('apps/wallet/README.md has no part "Accounts" before another one');
  return table;
}

/** Hashed text of the example. */
function hashedText(): string {
  const headers = new Map(headersOf({ ...example, hash: '' }, previousHash));
  const lines = hashedHeaders.flatMap((name) => (headers.has(name) ? [`${name}:${headers.get(name)!}\n`] : []));
  return `${previousHash}${lines.join('')}\n${example.value.toString()}`;
}

/** Introduction for integrators: the part of `docs/events.md` before the catalogue. */
export function integratorsPart(catalogues: readonly DocumentedCatalogue[]): string {
  const verifier = readFileSync(join(root, 'docs/examples/verify_chain.py'), 'utf8');
  const grants = catalogues.map(
    ({ topic, access: { outsideUse, grant } }) => `| \`${topic}\` | ${outsideUse} | ${grant} |`,
  );
  return `## Reading the events

### The record

- **Topic**: \`tokengrid.<service>\`, one per service, kept for ever and never compacted.
- **Key**: the stream's id, which is also \`ce_subject\`. Events of one key are in one lane, in order; \`ce_revision\` counts them.
- **Lane**: a partition of the topic. \`ce_sequence\` counts 1, 2, 3 … within it, without gaps. Between lanes there is no order.
- **Headers**: CloudEvents 1.0, Kafka binding, binary mode; each is described under \`Envelope\` in the
  [AsyncAPI document](asyncapi.json).
- **Value**: plain JSON of the event's data, without an envelope.

### Repeats

The same event may be published more than once, with the same \`ce_id\` (\`<service>/<lane>/<sequence>\`) and the same hash. A reader keeps
the last sequence of each lane: the next one is applied, a lower or equal one is dropped. After a gap, read again from the
remembered place; if the event is not there, stop. A repeat with another hash is a fork: stop.

### Beginning, and remembering a place

Begin at the first offset of every partition: the topic holds everything. Remember \`{lane, sequence, hash, offset}\` in the same
transaction as the effect of the event. Kafka's committed offsets are only a hint: they move before or after the effect, not with it.
After a loss of the topic the operator publishes the events again. Offsets differ then, sequences and hashes do not: where the record at
the remembered offset is not the remembered event, read the lane from its start and drop what has been seen.

### The hash

\`ce_hash\` is SHA-256, in hex, of these bytes in UTF-8: \`ce_previoushash\`; then \`name:value\` and a line feed for each of the headers below that
the event has, in this order; then a line feed; then the value, byte by byte. The first event of a lane has 64 zeros as its
previous hash.

${hashedHeaders.map((name) => `\`${name}\``).join(', ')}

For example, these bytes, without a line feed at the end,

\`\`\`text
${hashedText()}
\`\`\`

have the hash \`${hashOf(example, previousHash)}\`.

This verifier ([verify_chain.py](examples/verify_chain.py)) takes the records of one lane, from its first on and without repeats, as JSON lines
\`{"headers": {…}, "value": "…"}\`. [chain.jsonl](examples/chain.jsonl) is a chain to try it on.

\`\`\`python
${verifier.trimEnd()}
\`\`\`

### Seals

A hash shows that nothing was changed since; it does not show the writer, because anyone can compute it. Where the operator sets seal keys, each
record carries \`ce_seal\`: HMAC-SHA-256 of the text of \`ce_hash\`, base64url, under a key of the installation's services. A record without a
true seal is no event, and is passed over. An integrator has no seal key and relies on the topic's access rules: only the service's
relay may write.

### Versions

\`ce_type\` ends in the version of the event: \`tokengrid.wallet.TokensSent.v1\`; \`ce_dataschema\` names its schema. Within a version only fields
that may be absent are added, so pass over fields that you do not know. Anything else is a new version, beside the old one: events that
are in the log stay as they were written. A reader that wants one shape turns version 1 into 2 and so on when it reads (an upcaster, in
\`libs/contracts\`). Skip and count events of a type that you do not know; stop at a version that you do not know.

### Accounts and signs

Events that move something carry \`postings\`: \`{account, asset, amount}\`. They sum to zero per asset within every event. The sum of an
account's postings is its balance: a positive amount adds to the account, a negative one takes from it.

${accounts()}

Tokens outstanding are −issuance − redeemed − expired, at every place of the log, summed over all lanes.

### Access

A topic shows everything that its service knows. Grant the right to read one by one, and the right to write to nobody.

| topic | an outsider's use | grant |
|---|---|---|
${grants.join('\n')}

A party gets what is its own through the services' APIs, not through a topic.
`;
}
