import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/metering/src/decisions';
const state = `${decisions}/state/slices`;
const bounds = 'libs/rating/src/bounds';

/** Mistakes in metering: requests, reports and ends of slices. */
export const meteringMutations = [
  mutation('marks of uses are not asked', [
    `${decisions}/slices/rate-served`,
    'marks[index] === undefined && isFirst(each, index)',
    'isFirst(each, index)',
  ]),
  mutation('a report with nothing new is not remembered', [
    state,
    'report: Math.max(slice.report, report),',
    'report: isCharged ? Math.max(slice.report, report) : slice.report,',
  ]),
  mutation('a slice is closed by the clock before its grace is over', [
    `${decisions}/slices/close-slice`,
    'const isDue = open.closesAt <= time;',
    'const isDue = open.closesAt <= time + 5000;',
  ]),
  mutation('a slice that is called back is renewed', [
    `${decisions}/slices/offer-slice`,
    "if (open?.recalled) return 'recalled';",
    '',
  ]),
  mutation('a slice with free units needs tokens all the same', [
    `${decisions}/slices/offer-slice`,
    '? 0n : wanted.atLeast,',
    '? wanted.atLeast : wanted.atLeast,',
  ]),
  mutation('a slice needs no tokens whatever waits for it', [
    `${decisions}/slices/offer-slice`,
    '? 0n : wanted.atLeast,',
    '? 0n : 0n * wanted.atLeast,',
  ]),
  mutation('a renewal begins the reports anew', [
    state,
    'const { report, lastCharged, aside } = openSlice(payer, sliceId) ?? { report: 0, lastCharged: 0, aside: [] };',
    'const { report, lastCharged, aside } = { report: 0, lastCharged: 0, aside: openSlice(payer, sliceId)?.aside ?? [] };',
  ]),
  mutation('the last report that costs something is not told', [
    state,
    'lastCharged: isCharged ? Math.max(slice.lastCharged, report) : slice.lastCharged,',
    'lastCharged: slice.lastCharged,',
  ]),
  mutation('uses of a slice do not say so', [
    'apps/metering/src/flows/slices',
    'reportedBy: operatorPartyId, time, ...served, slice };',
    'reportedBy: operatorPartyId, time, ...served };',
  ]),
  mutation('one process reports what another one did under the same id', [
    'apps/metering/src/flows/slices',
    'const source = `/gateways/${gatewayId}`;',
    "const source = gatewayId === '' ? '' : '/gateways';",
  ]),
  mutation('what is set aside is not counted as used', [
    state,
    'return withStated({ ...payer, slices }, setAside);',
    'return setAside.length < 0 ? withStated({ ...payer, slices }, setAside) : { ...payer, slices };',
  ]),
  mutation('free units are those of an empty month, whoever has used or set aside some', [
    bounds,
    'quantityOf(counters.get(meter) ?? emptyCounter(aggregation), aggregation)',
    'quantityOf(counters.get(`${meter}.`) ?? emptyCounter(aggregation), aggregation)',
  ]),
  mutation('uses take nothing of what was set aside for them', [
    `${decisions}/rules/counting`,
    'if (least > 0n) taken.set(meter, least);',
    'if (least < 0n) taken.set(meter, least);',
  ]),
  mutation('uses take what they say, whatever is left', [
    `${decisions}/rules/counting`,
    'const least = [used, scaled(free[meter]!), aside.units.get(meter) ?? 0n].reduce',
    'const least = [used, used, aside.units.get(meter) ?? 0n].reduce',
  ]),
  mutation('taken units stay aside', [
    `${decisions}/state/payer`,
    'return withTaken(withUses(withReports(payer, event.data.uses), event.data.uses), event.data.uses);',
    'return withTaken(withUses(withReports(payer, event.data.uses), event.data.uses), []);',
  ]),
  mutation('a slice that closes keeps what it has not used', [
    `${decisions}/slices/close-slice`,
    '...(unused.length > 0 && { unused })',
    '...(unused.length > 99 && { unused })',
  ]),
  mutation('a slice that closes gives no tokens back', [
    `${decisions}/slices/close-slice`,
    '...(uses.length > 0 ? [UsageRated({ partyId, uses })] : []),',
    '...(uses.length > 99 ? [UsageRated({ partyId, uses })] : []),',
  ]),
  mutation('a slice is bounded by its lowest unit price', [
    bounds,
    '(price > highest ? price : highest), 0n)',
    '(price < highest ? price : highest), 10n ** 9n)',
  ]),
  mutation('a block costs what one of its units would', [
    bounds,
    "...(formula.model === 'package' && { per: decimalOf(formula.size) }),",
    '',
  ]),
  mutation('a whole block is free once it is begun', [
    bounds,
    'return started === 0n ? 0n : formula.size - started;',
    'return started === 0n ? 0n : formula.size;',
  ]),
  mutation('tiers behind the free ones are free', [
    bounds,
    'if (unitPrice > 0n) break;',
    'if (unitPrice > 3_000_000n) break;',
  ]),
  mutation('the end of a month changes no prices', [
    'apps/metering/src/rate-card/slice-terms',
    '...(month ? [month.until] : [])',
    '',
  ]),
  mutation('a slice is renewed in the next month with what is set aside in the last', [
    `${decisions}/slices/offer-slice`,
    "if (open?.aside.some((aside) => Date.parse(aside.until) <= time && isUnused(aside))) return 'period-over';",
    '',
  ]),
];
