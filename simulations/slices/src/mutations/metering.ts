import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/metering/src/decisions';
const state = `${decisions}/state/slices`;

/** Mistakes in metering: requests, reports and ends of slices. */
export const meteringMutations = [
  mutation('a repeat of a report is rated again, where its uses are new', [
    `${decisions}/slices/rate-served`,
    'if (open && report <= open.report) throw new AllKnown(0);',
    'if (open && report < open.report) throw new AllKnown(0);',
  ]),
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
  mutation('a renewal begins the reports anew', [
    state,
    'const { report, lastCharged } = openSlice(payer, sliceId) ?? { report: 0, lastCharged: 0 };',
    'const { report, lastCharged } = { report: 0, lastCharged: 0 };',
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
];
