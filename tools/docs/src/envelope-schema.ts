import type { hashedHeaders } from '@tokengrid/contracts';
import type { JsonSchema } from '@tokengrid/contracts';

const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' };
type Header = (typeof hashedHeaders)[number] | 'ce_hash' | 'ce_previoushash' | 'ce_seal' | 'content-type';

/** Every header of a message. A missing description does not compile. */
const headers: Readonly<Record<Header, JsonSchema>> = {
  ce_specversion: { type: 'string', const: '1.0', description: 'CloudEvents 1.0' },
  ce_id: {
    type: 'string',
    pattern: '^[a-z-]+/\\d+/\\d+$',
    description: '`<service>/<lane>/<sequence>`: unique for ever; a repeat is the same event again',
  },
  ce_source: { type: 'string', pattern: '^/tokengrid/[a-z-]+$', description: 'service that owns the event' },
  ce_type: { type: 'string', description: '`tokengrid.<service>.<Event>.v<version>`' },
  ce_time: { type: 'string', format: 'date-time', description: 'time of the decision; never goes back within a lane' },
  ce_subject: { type: 'string', description: "stream id, which is also the message's key" },
  ce_dataschema: { type: 'string', description: "the `$id` of the value's JSON Schema" },
  ce_sequence: { type: 'string', pattern: '^[1-9]\\d*$', description: 'counts 1, 2, 3 … within the lane' },
  ce_revision: { type: 'string', pattern: '^[1-9]\\d*$', description: 'counts 1, 2, 3 … within the stream' },
  ce_causationid: { type: 'string', description: 'id of the event that caused this one, else of the command' },
  ce_commandid: { type: 'string', format: 'uuid', description: 'id of the command' },
  ce_inputhash: {
    ...hash,
    description: "keyed HMAC-SHA-256 of the caller's input; absent without a caller",
  },
  ce_correlationid: { type: 'string', description: 'constant along a chain of events: the x-correlator' },
  ce_actor: {
    type: 'string',
    pattern: '^[!-.0-~]+(/[!-.0-~]*){0,3}$',
    description:
      '`<party>[/<person>[/<key>[/<on behalf of>]]]`: who did it, the same from a request to every consequence; the party is `system` for what no request asked for',
  },
  traceparent: { type: 'string', description: 'W3C trace context; absent if there was none' },
  ce_hash: {
    ...hash,
    description: "SHA-256 over the previous hash, the headers before this one and the value's bytes",
  },
  ce_previoushash: { ...hash, description: "`ce_hash` of the lane's previous event; 64 zeros for the first" },
  ce_seal: {
    type: 'string',
    pattern: '^[\\w-]{43}$',
    description: "HMAC-SHA-256 over `ce_hash` under the installation's key; absent if events are not sealed",
  },
  'content-type': { type: 'string', const: 'application/json' },
};
const optional: readonly Header[] = ['ce_inputhash', 'traceparent', 'ce_seal'];

/**
 * The headers of every message: CloudEvents 1.0, Kafka binding, binary mode, and our extensions.
 */
export const envelopeSchema: JsonSchema = {
  type: 'object',
  required: Object.keys(headers).filter((name) => !optional.includes(name as Header)),
  properties: headers,
};
