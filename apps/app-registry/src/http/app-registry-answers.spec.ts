import { describe, expect, it } from '@jest/globals';
import { type AppRegistryEvent, AppSubscribed, ModelOffered, ModelPriced, ModelSubmitted } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { appRegistryAnswers, rejectedFor } from './app-registry-answers.ts';

/** A value with the members of its objects in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, turned(member)]),
  );
}

describe('an answer', () => {
  const [appId, partyId, key] = [`app_${'0'.repeat(26)}`, `sub_${'0'.repeat(26)}`, `key_${'0'.repeat(26)}`];
  const [modelId, providerId] = [`mod_${'0'.repeat(26)}`, `org_${'0'.repeat(26)}`];
  const prices = [{ meter: 'input_tokens', unitPrice: '1' }];
  const offer = {
    ...{ modelId, name: 'qwen', providerId, endpoint: 'https://a.example', region: 'cn', capacity: 1, tokenizer: 'q' },
    ...{ dataPromises: { training: false, retentionDays: 0 }, prices, operatorBps: 5 },
  };
  const [from, until] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
  const subscription = {
    subscriptionId: `sbn_${'0'.repeat(26)}`,
    appId,
    slug: 'tea',
    partyId,
    developerId: providerId,
  };

  it.each([
    ModelSubmitted(offer),
    ModelOffered({ ...offer, priceVersion: 1, effectiveFrom: from }),
    ModelPriced({ modelId, name: 'qwen', providerId, prices, operatorBps: 5, priceVersion: 2, effectiveFrom: from }),
    AppSubscribed({
      ...{ ...subscription, version: 1, planId: 'pro', from, trialUntil: until, seats: 2, credit: 5n, key },
      consent: { scopes: ['a'], dataUse: ['b'] },
    }),
  ])('to $type is one text, in whichever order its event has its members', ({ type, data }) => {
    const textOf = (of: unknown) => {
      const answer = appRegistryAnswers[type] as (event: Recorded<AppRegistryEvent>) => { readonly body: unknown };
      return JSON.stringify(answer({ type, data: of } as Recorded<AppRegistryEvent>).body);
    };
    expect(textOf(turned(data))).toBe(textOf(data));
  });
});

describe('a rejected version', () => {
  it('is answered with its faults, worded from their codes and facts', () =>
    expect(
      rejectedFor({
        faults: [
          { code: 'APP_REGISTRY.METER_UNKNOWN', pointer: '/plans/0/prices/0/meter' },
          { code: 'APP_REGISTRY.TIERS_MISSING', pointer: '/plans/0/prices/1/tiers', priceModel: 'volume' },
        ],
      }),
    ).toEqual({
      faults: [
        {
          code: 'APP_REGISTRY.METER_UNKNOWN',
          pointer: '/plans/0/prices/0/meter',
          detail: "is neither one of the manifest's meters nor a well-known one",
        },
        {
          code: 'APP_REGISTRY.TIERS_MISSING',
          pointer: '/plans/0/prices/1/tiers',
          detail: 'must be there: a volume price has tiers',
        },
      ],
    }));

  it("is answered with the operator's reasons in the operator's words", () =>
    expect(rejectedFor({ faults: null, reasons: ['no contact'] })).toEqual({ reasons: ['no contact'] }));
});
