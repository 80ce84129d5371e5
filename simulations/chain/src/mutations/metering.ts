import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/metering/src/decisions';
const flows = 'apps/metering/src/flows';
const shares = `${decisions}/rules/shares`;
const facts = 'apps/metering/src/rate-card/facts';

/** Mistakes in metering: marks, parking, prices, shares, subsidies. */
export const meteringMutations = [
  mutation('a use that is marked is rated again', [
    `${decisions}/usage/rate-uses`,
    'return mark === undefined && !isKnown;',
    'return !isKnown;',
  ]),
  mutation(
    'a use that comes twice in a report counts twice',
    [`${flows}/payers-commands`, 'if (seen.has(use.usageId)) {', 'if (each.index < 0) {'],
    [`${decisions}/usage/rate-uses`, 'if (seen.has(use.usageId)) return false;', ''],
  ),
  mutation('repeats are told by source and id alone, whoever reports', [
    'apps/metering/src/usage-events/reported-use',
    "return derivedId('usg', reportedBy, source, id);",
    "return derivedId('usg', source, id);",
  ]),
  mutation('a use that was parked is known, and its release is forgotten', [
    `${decisions}/usage/recycle-uses`,
    'if (parked.length === 0) throw new AllKnown(0);',
    'if (parked.length <= 1) throw new AllKnown(0);',
  ]),
  mutation(
    'a parked use is rated whichever parking was looked at',
    [
      `${decisions}/usage/recycle-uses`,
      'found(markKeyOf(usageId)) !== parkedMark(sequence, place)',
      'place < 0 || sequence < 0 || parkedMark(sequence, place) === undefined',
    ],
    [`${flows}/recycling`, "const id = commandIdOf('policy:recycle-uses', partyId, places);", 'const id = command.id;'],
  ),
  mutation('uses beyond the first hundred of a payer are dropped', [
    `${flows}/payers-commands`,
    'start < ofPayer.length; start += mostUsesOfEvent',
    'start < Math.min(ofPayer.length, mostUsesOfEvent); start += mostUsesOfEvent',
  ]),
  mutation('an old use of the operator is left out of its report', [
    `${flows}/payers-commands`,
    'commands.push({ id: backfillIdOf(each), partyId, placed: [each], isBackfill: true });',
    '',
  ]),
  mutation(
    'anybody may report what is older than repeats are told',
    [`${flows}/usage-reports`, 'const old = isOperator(caller) ? [] :', 'const old = caller ? [] :'],
    [`${decisions}/usage/rate-uses`, 'if (old.length > 0) throw', 'if (old.length > 0 && !time) throw'],
  ),
  mutation('a use is rated by the prices of now', [
    'apps/metering/src/rate-card/terms-at',
    'const at = Date.parse(time);',
    "const at = Date.parse(time) && Date.parse('2026-12-31T00:00:00Z');",
  ]),
  mutation('a price takes effect a millisecond late', [
    facts,
    'entries.filter(({ effectiveFrom }) => effectiveFrom <= at)',
    'entries.filter(({ effectiveFrom }) => effectiveFrom + 60_000 < at)',
  ]),
  mutation('uses before the first price cost the present price', [
    facts,
    'return entries.filter(({ effectiveFrom }) => effectiveFrom === first);',
    'return entries.filter(({ effectiveFrom }) => effectiveFrom >= first);',
  ]),
  mutation('lines are rounded one by one', [
    'libs/rating/src/by-use',
    'const upToHere = divideHalfUp(exact, productScale);',
    'const upToHere = tokens + divideHalfUp(scaled(counted) * scaled(unitPrice), productScale);',
  ]),
  mutation('a meter that counts is charged by its units', [
    'libs/rating/src/by-use',
    "const counted = aggregation === 'count' ? '1' : given;",
    'const counted = given;',
  ]),
  mutation('the operator takes its part of the cost of the model', [
    shares,
    ': basisPointsOf(gross, ',
    ': basisPointsOf(cost > 0n && cost < gross ? cost : gross, ',
  ]),
  mutation('a provider is owed what its model costs, whatever the price leaves', [
    shares,
    'return cost < left ? cost : left;',
    'return cost;',
  ]),
  mutation('a provider gets all that an app sells for', [shares, 'return cost < left ? cost : left;', 'return left;']),
  mutation(
    'the shares of app and provider change places',
    [
      shares,
      'partyId: model.sellerId, tokens: provided }',
      'partyId: model.sellerId, tokens: app ? left - provided : provided }',
    ],
    [shares, 'tokens: model ? left - provided : left }', 'tokens: model ? provided : left }'],
  ),
  mutation('the subsidy of an app below cost is not charged', [
    shares,
    'if (!app || !model || cost === provided) return { shares };',
    'if (!app || !model || cost !== -1n) return { shares };',
  ]),
  mutation('a subsidy is the whole cost of the model', [shares, 'tokens: cost - provided } };', 'tokens: cost } };']),
  mutation('a subsidy is shared with the operator', [
    `${decisions}/usage/charge-subsidies`,
    "shares: [{ role: 'provider', partyId: provider.partyId, tokens }],",
    "shares: [{ role: 'provider', partyId: provider.partyId, tokens: tokens - tokens / 10n }, { role: 'operator', partyId: operatorPartyId, tokens: tokens / 10n }],",
  ]),
  mutation('a subsidy is of the time at which it is stated', [
    `${decisions}/usage/charge-subsidies`,
    'reportedBy: operatorPartyId, time, app,',
    "reportedBy: operatorPartyId, time: '2026-03-01T00:00:00.000Z', app,",
  ]),
  mutation('only the first subsidy of an event is charged', [
    'apps/metering/src/policies/when-usage-rated-charge-subsidies',
    'const subsidised = data.uses.filter(({ subsidy }) => subsidy !== undefined);',
    'const subsidised = data.uses.filter(({ subsidy }) => subsidy !== undefined).slice(0, 1);',
  ]),
  mutation('of several offers of a model, the first is taken for the one that served', [
    'apps/metering/src/rate-card/terms-at',
    'return other ? ',
    'return other && at < 0 ? ',
  ]),
  mutation('whichever offer is named, the last one is taken', [
    'apps/metering/src/rate-card/terms-at',
    'const named = offers.find((each) => each.offer === offer);',
    'const named = offers.at(-1);',
  ]),
];
