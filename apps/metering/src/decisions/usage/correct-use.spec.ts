import { describe, expect, it } from '@jest/globals';
import {
  type Correction,
  CorrectionRepeated,
  type EventOf,
  type RatedUse,
  UsageCorrected,
  type UsageRated,
} from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import fc from 'fast-check';
import { app, appUse, chargeId, developer, directUse, model, provider, subscriber, use } from '../examples.fixture.ts';
import { nothingPriced, useNow } from '../rules/corrected-use.ts';
import { correctionKeyOf, correctionMark } from '../rules/marks.ts';
import { rate, type Rating } from '../rules/rating.ts';
import type { KnownTerms } from '../rules/terms.ts';
import { payer } from '../state/payer.ts';
import { chargeSubsidies } from './charge-subsidies.ts';
import { correctSubsidy, SubsidyCorrected } from './correct-subsidies.ts';
import { correctUse, LookedUpBefore } from './correct-use.ts';

const by = { partyId: subscriber, correctedBy: 'operator', reason: 'counted twice', isClosed: false };
const ratedBy = (units: RatedUse['units'], terms: KnownTerms): RatedUse => ({
  ...{ ...use, ...(terms.app && { app: 'translate' }), units, chargeId },
  ...(rate({ ...use, units }, terms, payer.initial) as Rating),
});
const said = (rated: RatedUse, corrections: readonly Correction[], terms: KnownTerms, units?: RatedUse['units']) =>
  correctUse(
    payer.initial,
    { ...by, units, found: { status: 'rated', now: useNow(rated, corrections), mark: undefined, terms } },
    { found: () => undefined },
  );

describe('correctUse', () => {
  it('states differences from what the use was, with a sign, and a charge of its own', () => {
    const rated = ratedBy({ input_tokens: '374', output_tokens: '44' }, directUse);
    const [event] = said(rated, [], directUse, { input_tokens: '300', output_tokens: '44' });
    expect(event).toEqual(
      UsageCorrected({
        partyId: subscriber,
        corrections: [
          {
            ...{ ...use, units: { input_tokens: '-74' }, operatorBps: 1000, priceVersion: 'model:qwen@3' },
            chargeId: expect.stringMatching(/^chg_(?!0000000000000000000000000a)/) as unknown as string,
            ...{ number: 1, after: 0, correctedBy: 'operator', reason: 'counted twice' },
            ...{ replacement: { input_tokens: '300', output_tokens: '44' }, was: 1034n, tokens: -148n },
            lines: [{ of: 'model:qwen', meter: 'input_tokens', units: '-74', unitPrice: '2', tokens: -148n }],
            shares: [
              { role: 'operator', partyId: 'operator', tokens: -14n },
              { role: 'provider', partyId: provider, tokens: -134n },
            ],
          },
        ],
      }),
    );
  });

  it('says what a void use comes to, though it makes others of its period cheaper', () => {
    const before = useNow(ratedBy(use.units, directUse), []);
    const now = { ...before, priced: { ...nothingPriced, tokens: -30n }, number: 1, voided: true };
    const found = { status: 'rated', now, mark: undefined, terms: directUse } as const;
    const { usageId, source, eventId } = use;
    expect(correctUse(payer.initial, { ...by, found }, { found: () => undefined })).toEqual([
      CorrectionRepeated({
        partyId: subscriber,
        usageId,
        source,
        eventId,
        correctedBy: 'operator',
        number: 1,
        was: -30n,
      }),
    ]);
  });

  it('is decided again where the use was corrected after the look-up', () => {
    const found = {
      status: 'rated',
      now: useNow(ratedBy(use.units, directUse), []),
      mark: undefined,
      terms: directUse,
    } as const;
    const context = { found: () => correctionMark(1, 7) };
    expect(() => correctUse(payer.initial, { ...by, found }, context)).toThrow(LookedUpBefore);
  });
});

const units = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(3)).map(([input, output, requests]) => ({
  ...{ input_tokens: String(input), output_tokens: `${output}.5`, requests: String(requests) },
}));

/** Sums of what is charged and earned, by role, a subsidy beside. */
function summed(uses: readonly Pick<Correction, 'tokens' | 'shares' | 'lines'>[]) {
  const sums = new Map<string, bigint>();
  const add = (key: string, more: bigint) => sums.set(key, (sums.get(key) ?? 0n) + more);
  for (const { tokens, shares, lines } of uses) {
    add('price', tokens);
    for (const share of shares) add(`${share.role} ${share.partyId}`, share.tokens);
    for (const line of lines) if ('units' in line) add(`${line.of} ${line.meter}`, line.tokens);
  }
  return [...sums].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('whatever corrections a use has', () => {
  it('the sum of its history is what it would have cost had it been reported right at once', () => {
    expect([model.sellerId, app.sellerId]).toEqual([provider, developer]);
    fc.assert(
      fc.property(
        fc.boolean(),
        units,
        fc.array(units, { maxLength: 6 }),
        fc.boolean(),
        (ofApp, first, others, voids) => {
          const terms = ofApp ? appUse : directUse;
          const rated = ratedBy(first, terms);
          const corrections: Correction[] = [];
          const subsidies: (RatedUse | Correction)[] = [];
          let mark: string | undefined;
          const follow = (correction: Correction) => {
            if (!correction.subsidy || correction.subsidy.tokens === 0n) return;
            const command = { developerId: developer, correction };
            const asked: string[] = [];
            const found = (key: string) => {
              asked.push(key);
              return mark;
            };
            if (correction.subsidy.after > 0) {
              expect(() => correctSubsidy(payer.initial, command, { found: () => undefined })).toThrow(NotYet);
            }
            const [event] = correctSubsidy(payer.initial, command, { found });
            const { data, type } = event as EventOf<typeof UsageRated | typeof UsageCorrected>;
            const stated = type === 'UsageRated' ? data.uses : data.corrections;
            subsidies.push(...stated);
            expect(asked).toEqual([correctionKeyOf(stated[0]!.usageId)]);
            if (type === 'UsageCorrected') mark = correctionMark(correction.number, 1);
            if (mark !== undefined)
              expect(() => correctSubsidy(payer.initial, command, { found })).toThrow(SubsidyCorrected);
          };
          if (rated.subsidy) {
            const [event] = chargeSubsidies(payer.initial, { developerId: developer, uses: [rated] });
            subsidies.push(...(event as EventOf<typeof UsageRated>).data.uses);
          }
          for (const each of [...others, ...(voids ? [undefined] : [])]) {
            const [event] = said(rated, corrections, terms, each);
            if (event?.type !== 'UsageCorrected') continue;
            const [correction] = event.data.corrections;
            corrections.push(correction!);
            follow(correction!);
          }
          const last = voids ? undefined : (others.at(-1) ?? first);
          const right = last && ratedBy(last, terms);
          expect(summed([rated, ...corrections])).toEqual(summed(right ? [right] : []));
          expect(summed(subsidies).filter(([key]) => !key.startsWith('app:'))).toEqual(
            summed(
              right?.subsidy
                ? [
                    {
                      tokens: right.subsidy.tokens,
                      shares: [{ role: 'provider', partyId: provider, tokens: right.subsidy.tokens }],
                      lines: [],
                    },
                  ]
                : [],
            ),
          );
          for (const { tokens, shares } of corrections)
            expect(shares.reduce((sum, share) => sum + share.tokens, 0n)).toBe(tokens);
        },
      ),
    );
  });
});
