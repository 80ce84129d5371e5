import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/settlement/src/decisions';
const accruing = `${decisions}/accruals/accrue-uses`;
const sums = `${decisions}/accruals/sums`;

/** Mistakes in settlement: accruals, days, counts, statements. */
export const settlementMutations = [
  mutation('a charge that comes in another batch is accrued again', [
    accruing,
    'const left = charges.filter(({ sequence }) => sequence > accruedTo);',
    'const left = charges.filter(({ sequence }) => sequence > 0 || accruedTo < 0);',
  ]),
  mutation('the last charge that was accrued is accrued again', [
    accruing,
    'sequence > accruedTo);',
    'sequence >= accruedTo);',
  ]),
  mutation('a batch of which something is accrued is passed over', [
    accruing,
    'if (left.length === 0) throw',
    'if (left.length < charges.length) throw',
  ]),
  mutation('an accrual remembers its first charge as its last', [
    accruing,
    'to: batch.at(-1)!.sequence,',
    'to: batch[0]!.sequence,',
  ]),
  mutation('a use counts for its day, whether that is closed or not', [
    accruing,
    'const period = firstDayOutside(lane.closed, day);',
    'const period = day;',
  ]),
  mutation('a late use does not say that it is late', [
    accruing,
    'period === day ? undefined : day, use',
    'undefined, use',
  ]),
  mutation('days are those of UTC', [
    accruing,
    'const day = calendar.dayOf(Date.parse(use.time));',
    'const day = use.time.slice(0, 10);',
  ]),
  mutation('a wallet lane forgets its last accrual when another lane accrues', [
    `${decisions}/state/settlement-lane`,
    'accruedTo: new Map(lane.accruedTo).set(walletLane, to)',
    'accruedTo: new Map([[walletLane, to]])',
  ]),
  mutation('a closed day is remembered as open', [
    `${decisions}/state/settlement-lane`,
    'closed: withDay(lane.closed, event.data.period) };',
    'closed: lane.closed };',
  ]),
  mutation('sums of plans are thrown together', [
    sums,
    'JSON.stringify([lateFor, partyId, role, app, plan, model, priceVersion])',
    'JSON.stringify([lateFor, partyId, role, app, model])',
  ]),
  mutation('units of uses are counted once for each sum', [sums, '(sum.units.get(meter) ?? 0n) + count', 'count']),
  mutation('a party with two roles has one sum', [
    sums,
    'JSON.stringify([lateFor, partyId, role, app, plan, model, priceVersion])',
    'JSON.stringify([lateFor, partyId, app, plan, model, priceVersion])',
  ]),
  mutation('the escrow of a day is that of its last accrual', [
    `${decisions}/state/totals`,
    '.set(walletLane, (totals.escrow.get(walletLane) ?? 0n) + tokens);',
    '.set(walletLane, tokens);',
  ]),
  mutation('a lane that is counted replaces the one before', [
    `${decisions}/state/totals`,
    'const earned = new Map(totals.earned);\n  for (const line of lane.earned)',
    'const earned = new Map<string, Earned>();\n  for (const line of lane.earned)',
  ]),
  mutation('a period is closed without its last lane', [
    `${decisions}/periods/count-lane`,
    'if (counting.lanes.size < lanes) return [counted];',
    'if (counting.lanes.size < lanes - 1) return [counted];',
  ]),
  mutation('statements pay from the first lane of escrow alone', [
    `${decisions}/periods/statements`,
    'if (this.left === 0n) this.left = this.escrow[++this.next]!.tokens;',
    'if (this.left === 0n) this.left = due;',
  ]),
  mutation('a part of a statement is taken out of escrow twice', [
    `${decisions}/periods/statements`,
    'this.left -= part;',
    'if (part < 0n) this.left -= part;',
  ]),
  mutation('earners with one use get no statement', [
    `${decisions}/periods/statements`,
    'const byParty = Map.groupBy(earned,',
    'const byParty = Map.groupBy(earned.filter(({ uses }) => uses > 1),',
  ]),
  mutation('a settlement lane follows the wrong lanes of the wallet', [
    'apps/settlement/src/streams/settlement-lanes',
    'this.streamOf(walletLane % this.all.length)',
    'this.streamOf(Math.floor(walletLane / this.all.length) % this.all.length)',
  ]),
  mutation('payments of a statement are told under the lane of its party', [
    'apps/settlement/src/policies/when-earnings-received-or-fees-collected-record-payment',
    "event.type === 'EarningsReceived' ? event.data.fromLane : event.lane;",
    'event.lane;',
  ]),
];
