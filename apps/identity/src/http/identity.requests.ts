import { instant, text } from '@tokengrid/contracts';
import { pageOf, sentTime } from '@tokengrid/service';
import { z } from 'zod';

/** A name a person gives: not blank, without the spaces around it. */
const name = (most: number) => z.string().trim().min(1, 'must not be blank').max(most);
const password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(128)
  .meta({ description: '8 to 128 characters', example: 'correct horse battery staple' });

export const RegistrationRequest = z
  .strictObject({
    organization: z.strictObject({ name: name(200), kind: z.enum(['developer', 'provider']) }),
    owner: z.strictObject({ name: name(200), email: z.email('must be an e-mail address').max(254), password }),
  })
  .meta({ id: 'RegistrationRequest' });
export type RegistrationRequest = z.output<typeof RegistrationRequest>;

const shownKey = z
  .strictObject({ id: z.string(), secret: z.string(), scopes: z.array(z.string()) })
  .meta({ id: 'ShownApiKey', description: 'the secret is shown here, and to repeats of the request for 7 days' });

export const RegistrationAnswer = z
  .strictObject({ organizationId: z.string(), userId: z.string(), apiKey: shownKey })
  .meta({ id: 'RegistrationAnswer' });

export const SubscriberRequest = z
  .strictObject({
    msisdn: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, such as "+8613800000001"')
      .meta({ example: '+8613800000001' }),
    name: name(200),
  })
  .meta({ id: 'SubscriberRequest' });
export type SubscriberRequest = z.output<typeof SubscriberRequest>;

export const SubscriberAnswer = z
  .strictObject({ subscriberId: z.string(), apiKey: shownKey })
  .meta({ id: 'SubscriberAnswer' });

export const ApiKeyRequest = z
  .strictObject({
    name: name(100),
    scopes: z
      .array(text(80))
      .min(1)
      .max(100)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must name each scope once'),
    expiresAt: sentTime.optional().meta({ description: 'never, unless said' }),
  })
  .meta({ id: 'ApiKeyRequest' });
export type ApiKeyRequest = z.output<typeof ApiKeyRequest>;

export const IssuedApiKey = z
  .strictObject({
    id: z.string(),
    secret: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'IssuedApiKey' });

const maxOverlapSeconds = 30 * 86_400;
export const RotationRequest = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(maxOverlapSeconds)
      .meta({ description: 'how long the old key works beside the new one' }),
  })
  .meta({ id: 'RotationRequest' });
export type RotationRequest = z.output<typeof RotationRequest>;

export const SuspensionRequest = z
  .strictObject({ reason: text(500).optional() })
  .default({})
  .meta({ id: 'SuspensionRequest', description: 'the reason is no place for personal data: it is never erased' });
export type SuspensionRequest = z.output<typeof SuspensionRequest>;

/** A body for requests that say all in their path: none, or an empty object. */
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
  .meta({ id: 'Me', description: "the caller's party, as GET /v1/parties/{id} has it, and the key that was shown" });

export const ApiKeyList = pageOf(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    status: z.enum(['active', 'expired', 'revoked']),
    issuedAt: instant,
    expiresAt: instant.nullable(),
    mintedBy: z.string().nullable().meta({ description: 'the key that asked for it; null for the first one' }),
    successorId: z.string().nullable(),
  }),
).meta({ id: 'ApiKeyList' });
