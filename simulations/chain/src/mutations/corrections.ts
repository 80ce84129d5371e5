import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/metering/src/decisions';
const corrected = `${decisions}/rules/corrected-use`;
const correctUse = `${decisions}/usage/correct-use`;
const usesDue = 'apps/wallet/src/decisions/rules/uses-due';
const charges = 'apps/wallet/src/flows/charging-corrections';

/** Mistakes in corrections of uses. */
export const correctionMutations = [
  mutation('a correction is the whole cost, and not the difference', [
    corrected,
    'tokens: next.tokens - priced.tokens,',
    'tokens: next.tokens,',
  ]),
  mutation('shares of a correction are those of what the use costs by then', [
    corrected,
    'shares: sharesBetween(priced.shares, next.shares),',
    'shares: sharesBetween([], next.shares),',
  ]),
  mutation('a further correction does not know of the one before', [
    corrected,
    'return corrections.reduce<UseNow>(',
    'return corrections.slice(0, 0).reduce<UseNow>(',
  ]),
  mutation('the subsidy of a corrected use stays', [
    corrected,
    'tokens: next.subsidy - priced.subsidy }',
    'tokens: next.subsidy - next.subsidy }',
  ]),
  mutation('a void use may be corrected', [
    corrected,
    'voided: correction.replacement === undefined,',
    'voided: correction.number < 0,',
  ]),
  mutation('a parked use that is void is rated all the same', [correctUse, '...by, voided: true })];', '...by })];']),
  mutation('the units of a parked use stay', [
    correctUse,
    'const replaced = { ...use, units };',
    'const replaced = { ...use, units: use.units };',
  ]),
  mutation('anybody corrects uses of a day that is closing', [
    'apps/metering/src/flows/corrections',
    "const isClosed = caller.kind !== 'operator' && ",
    "const isClosed = caller.kind === 'anonymous' && ",
  ]),
  mutation('the developer gets nothing back of a subsidy', [
    'apps/metering/src/policies/when-usage-corrected-correct-subsidies',
    'subsidy !== undefined && subsidy.tokens !== 0n',
    'subsidy !== undefined && subsidy.tokens > 0n',
  ]),
  mutation('a correction has the prices of now', [
    'apps/metering/src/flows/corrections',
    'const terms = termsOfRated(facts, rated);',
    "const now = termsAt(facts, { ...rated, partyId, time: '2026-12-31T00:00:00.000Z' });\n    const terms = now.known ? now : undefined;",
  ]),
  mutation(
    'a correction that comes again is charged again',
    [usesDue, 'if (number !== undefined && number >= use.number!) return [];', ''],
    [usesDue, ': number === after;', ': number >= after;'],
  ),
  mutation(
    'a correction is charged ahead of its use',
    [charges, 'if (early) throw', 'if (early && payers.size < 0) throw'],
    [
      usesDue,
      'number === undefined ? after === 0 && was === 0n : number === after;',
      'number === undefined ? was >= 0n : number === after;',
    ],
  ),
  mutation('a correction is charged ahead of the one before', [usesDue, ': number === after;', ': number <= after;']),
  mutation('a correction is charged to whoever pays for its payer by now', [
    charges,
    '({ usageId }) => payers.get(usageId));',
    '({ usageId }) => (payers.size < 0 ? usageId : undefined));',
  ]),
  mutation('a rest is given back without its shares', [
    'apps/wallet/src/decisions/rules/period-account',
    '...{ ...use, tokens: -tokens, shares, units: {} },',
    '...{ ...use, tokens: -tokens, shares: shares.map((share) => ({ ...share, tokens: 0n })), units: {} },',
  ]),
  mutation('a use that was free is not known by its correction', [
    charges,
    '? this.chargeFirst(event, ofWallet, reaction)',
    '? (movesTokens(ofWallet[0]!) ? undefined : this.chargeFirst(event, ofWallet, reaction))',
  ]),
];
