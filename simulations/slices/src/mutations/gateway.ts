import { mutation } from '@tokengrid/simulation-kit';

const slices = 'apps/gateway/src/slices';
const book = `${slices}/slice-book`;
const slice = `${slices}/slice`;
const spendings = `${slices}/spendings`;
const prices = `${slices}/price-list`;
const free = `${slices}/free-units`;
const decisions = 'apps/gateway/src/decisions/slices';

/** Mistakes in the gateway: what its processes spend of their slices, and what they report. */
export const gatewayMutations = [
  mutation('tokens of a slice that was given back are the next one’s', [
    book,
    'return this.slice?.sliceId === sliceId ? this.slice : undefined;',
    'return this.slice;',
  ]),
  mutation('a checkpoint says the free units that are set aside', [
    spendings,
    'taken: this.costOf(request, units), sliceId',
    'taken: request.taken, sliceId',
  ]),
  mutation('free units are everybody’s', [
    free,
    'for (const [meter, units] of has) this.change(of, meter, -units);',
    '',
  ]),
  mutation('prices hold after they have changed', [
    slice,
    'return now < this.tariffChangesAt ? listFor(this.lists, use) : undefined;',
    'return listFor(this.lists, use);',
  ]),
  mutation('what was cut off with its slice is not reported', [
    spendings,
    'if (request.passed !== undefined) uses.push(spent);',
    '',
  ]),
  mutation('an answer ends whole after its slice was given back', [
    spendings,
    'if (!covers(cut.units, units)) throw new SpendingOver(requestId);',
    '',
  ]),
  mutation('a started block is not paid', [prices, 'ceiled(rest, block) * oneUnit', '(rest / block) * oneUnit']),
  mutation('uses are counted by their units', [prices, 'countsUses ? oneUnit : named', 'named']),
  mutation('more is set aside than is left', [
    spendings,
    'if (taken.tokens - request.taken.tokens > slice.left) return false;',
    '',
  ]),
  mutation('a finished use takes nothing of its slice', [spendings, 'slice.spent += taken.tokens;', '']),
  mutation('the last uses go unsaid as a slice is given back', [
    `${decisions}/return-slice`,
    'const reported = reportsOf(of, slice.report, uses);',
    'const reported = reportsOf(of, slice.report, uses.slice(0, 0));',
  ]),
  mutation('a report has the number of the one before', [
    `${decisions}/serve-uses`,
    'const report = last + reports.length + 1;',
    'const report = Math.max(1, last + reports.length);',
  ]),
  mutation('uses that join a command after it was taken are lost', [
    `${slices}/slice-reports`,
    'const taken = () => void (turn.isOpen = false);',
    'const taken = () => undefined;',
  ]),
  mutation('a use that is reported later is not', [`${slices}/slice-reports`, 'this.kept.push(kept);', '']),
  mutation('the first of the uses that are reported later is left out', [
    `${slices}/slice-reports`,
    'this.kept.splice(0)',
    'this.kept.splice(0).filter((_, at, all) => at > 0 || all.length === 1)',
  ]),
];
