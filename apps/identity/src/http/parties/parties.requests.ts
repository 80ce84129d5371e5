import { instant, text } from '@tokengrid/contracts';
import { z } from 'zod';

export const SuspensionRequest = z
  .strictObject({ reason: text(500).optional() })
  .default({})
  .meta({ id: 'SuspensionRequest', description: 'the reason must not contain personal data: it is never erased' });
export type SuspensionRequest = z.output<typeof SuspensionRequest>;

/** Body of a request without input: absent, or an empty object. */
export const EmptyRequest = z.strictObject({}).default({});
export type EmptyRequest = z.output<typeof EmptyRequest>;

const status = z.enum(['active', 'suspended']);
export const PartyStatus = z.strictObject({ partyId: z.string(), status }).meta({ id: 'PartyStatusChanged' });

export const PartyAnswer = z
  .strictObject({
    partyId: z.string(),
    kind: z.enum(['developer', 'provider', 'subscriber']),
    status,
    name: z.string().nullable(),
    msisdn: z.string().nullable().optional(),
    owner: z.strictObject({ userId: z.string(), name: z.string().nullable(), email: z.string().nullable() }).optional(),
    personalData: z.enum(['readable', 'erased', 'unreadable']),
    registeredAt: instant,
  })
  .meta({ id: 'Party' });

export const MeAnswer = z
  .looseObject({ partyId: z.string(), kind: z.string(), keyId: z.string(), scopes: z.array(z.string()) })
  .meta({ id: 'Me', description: "the caller's party, as in GET /v1/parties/{id}, and the key used" });
