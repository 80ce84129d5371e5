import { utcCalendar } from '@tokengrid/kernel';
import type { Facts } from '../rate-card/facts.ts';
import { type FocusCharge, termsOfCharge } from './focus-charge.ts';
import type { FocusRow } from './focus-columns.ts';
import { focusRowsOf, type TokenPrice } from './focus-rows.ts';

const from2026 = Date.parse('2026-01-01T00:00:00Z');
const offer = 'mod_01jzx0000000000000000000ab';

/** A model's offer with a price per token, and an app with a counted plan and one by use. */
const facts: Facts = {
  pricesKnownUntil: Infinity,
  parties: new Set(),
  keys: new Map(),
  models: new Map([
    [
      'qwen',
      [
        {
          ...{ offer, providerId: 'org_01jzx00000000000000000prov', region: 'cn-east', pauses: [] },
          prices: [
            {
              ...{ version: 3, operatorBps: 500, effectiveFrom: from2026 },
              prices: [
                { meter: 'input_tokens', unitPrice: '1.5' },
                { meter: 'output_tokens', unitPrice: '0.000001' },
              ],
            },
          ],
        },
      ],
    ],
  ]),
  apps: new Map([
    [
      'translate',
      {
        ...{ developerId: 'org_01jzx000000000000000000dev', pauses: [] },
        versions: [
          {
            ...{ version: 2, operatorBps: 2000, effectiveFrom: from2026, subscriptionsFrom: from2026 },
            ...{ models: [], reporters: {} },
            plans: [
              {
                id: 'basic',
                prices: [{ meter: 'requests', model: 'per-unit', unitPrice: '1000', aggregation: 'count' }],
              },
              {
                id: 'packs',
                prices: [{ meter: 'requests', model: 'package', unitPrice: '5000', includedUnits: '10' }],
              },
            ],
          },
        ],
      },
    ],
  ]),
  subscriptions: new Map(),
};

/** A direct use of the model, changed as said. */
export const chargeOf = (over: Partial<FocusCharge> = {}): FocusCharge => ({
  ...{ usageId: 'usg_01jzx0000000000000000000ab', number: null, source: '/gateways/1', eventId: 'request-1' },
  ...{ partyId: 'sub_01jzx0000000000000000000ab', app: null, model: 'qwen', offer, key: null },
  ...{ units: { input_tokens: '374', output_tokens: '44' }, amounts: { input_tokens: '561', output_tokens: '0' } },
  ...{ tokens: '561', priceVersion: 'model:qwen@3', usedAt: Date.parse('2026-01-31T08:00:00.123Z') },
  ...{ subsidyOf: null, status: 'billed' },
  ...over,
});

const ofApp = { app: 'translate', model: null, offer: null, priceVersion: 'app:translate:basic@2' };

/** One charge of each kind that an export has. */
export const charges: readonly FocusCharge[] = [
  chargeOf(),
  chargeOf({
    ...{
      number: 1,
      units: { input_tokens: '-74' },
      amounts: { input_tokens: '-111' },
      tokens: '-111',
      status: 'rated',
    },
  }),
  chargeOf({
    ...ofApp,
    ...{ usageId: 'usg_01jzx0000000000000000000ac', eventId: 'request-2', key: 'key_01jzx0000000000000000000ab' },
    ...{ units: { requests: '3' }, amounts: { requests: '1000' }, tokens: '1000', status: 'uncollected' },
  }),
  chargeOf({
    ...{ ...ofApp, priceVersion: 'app:translate:packs@2', usageId: 'usg_01jzx0000000000000000000ad' },
    ...{ eventId: 'request-3', units: { requests: '1' }, amounts: { requests: '5000' }, tokens: '4000' },
  }),
  chargeOf({
    ...{ ...ofApp, source: 'tokengrid:subscription', usageId: 'usg_01jzx0000000000000000000ae' },
    ...{ eventId: 'sbn_01jzx0000000000000000000ab/1', units: {}, amounts: {}, tokens: '2000000' },
  }),
  chargeOf({
    ...{ source: 'tokengrid:subsidy', usageId: 'usg_01jzx0000000000000000000af', eventId: 'subsidy-1' },
    ...{ subsidyOf: 'usg_01jzx0000000000000000000ac', tokens: '30', amounts: {} },
  }),
  chargeOf({
    ...{ source: 'tokengrid:advance', usageId: 'usg_01jzx0000000000000000000ag', eventId: 'advance-1' },
    ...{ model: null, offer: null, priceVersion: 'advance', units: {}, amounts: {}, tokens: '7' },
  }),
];

/** Rows of a charge at 12.34 yuan a token. */
export function rowsOf(charge: FocusCharge, tokenPrice: TokenPrice | undefined = { currency: 'CNY', buy: 1234n }) {
  const terms = termsOfCharge(facts, charge);
  return focusRowsOf(charge, { terms, tokenPrice, calendar: utcCalendar }) as readonly Required<FocusRow>[];
}
