import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/wallet/src/decisions';
const charging = `${decisions}/usage/charge-wallet`;
const grant = `${decisions}/usage/slice-grant`;
const renewal = `${decisions}/usage/renew-slice`;
const recall = `${decisions}/rules/recalled-slices`;
const holds = `${decisions}/state/holds`;

/** Mistakes in the wallet: holds of slices, and what is charged out of them. */
export const walletMutations = [
  mutation('a slice gets what is wanted, whatever there is under a limit', [
    grant,
    'rooms.reduce<bigint>((room, each) => (each === undefined ? room : least(room, each)), tokens);',
    'rooms.slice(0, 0).reduce<bigint>((room, each) => (each === undefined ? room : least(room, each)), tokens);',
  ]),
  mutation('an empty wallet refuses a slice that needs no tokens', [
    grant,
    'tokens === 0n || atLeast === 0n ? 0n : 1n',
    'tokens === 0n ? 0n : 1n',
  ]),
  mutation('an empty wallet grants nothing to a slice that needs tokens', [
    grant,
    'tokens === 0n || atLeast === 0n ? 0n : 1n',
    'tokens === 0n || atLeast === 0n ? 0n : 0n',
  ]),
  mutation('vouchers that pay a share are held for the whole', [
    `${decisions}/rules/vouchers`,
    'voucher.shareBps === Number(basisPoints) &&',
    'voucher.shareBps > 0 &&',
  ]),
  mutation('vouchers are held whatever the slice is for', [
    `${decisions}/rules/vouchers`,
    'scope.every((use) => covers(voucher, use))',
    'scope.every((use) => covers(voucher, use) || voucher.models !== undefined)',
  ]),
  mutation('uses of a slice are charged from what is available', [
    charging,
    'if (hold) return this.chargeHeld(due, hold);',
    '',
  ]),
  mutation('a frozen wallet pays nothing out of a hold', [
    charging,
    'if (barred && payable < tokens) return this.refuse(use, barred, waits);',
    'if (barred) return this.refuse(use, barred, waits);',
  ]),
  mutation('the second use of an event sees the lots of the hold anew', [
    charging,
    'const burning = new BurningLots(lots);',
    'const burning = new BurningLots(lots.slice(0, 1));',
  ]),
  mutation('what is charged out of a hold stays under it', [
    holds,
    'tokens: hold.tokens - tokens, lots: withoutSums(hold.lots, lots), slice }',
    'slice }',
  ]),
  mutation('what is charged out of a hold is taken from the lots of the wallet, too', [
    `${decisions}/state/charges`,
    'for (const { lotId, tokens } of held ?? []) {\n      const left',
    'for (const { lotId, tokens } of (held ?? []).slice(1)) {\n      const left',
  ]),
  mutation('postings of charges know no holds', [charging, 'const held = heldOf(uses);', 'const held = 0n;']),
  mutation('a hold is released before its last report is charged', [
    `${decisions}/holds/release-slice`,
    'if (report < lastCharged)',
    'if (report + 1 < lastCharged)',
  ]),
  mutation('a renewal is as short as its offer', [
    renewal,
    'expiresAt: instantOf(Math.max(hold.expiresAt, asked.expiresAt)),',
    'expiresAt: instantOf(asked.expiresAt - 10_000),',
  ]),
  mutation('what is given back stays in the hold', [
    holds,
    'const left: Hold = { ...hold, tokens: hold.tokens - tokens, lots: withoutLots(hold.lots, lots) };',
    'const left: Hold = { ...hold, lots: withoutLots(hold.lots, lots) };',
  ]),
  mutation('a renewal says only what it adds', [
    renewal,
    'held: left.tokens + grant.tokens },',
    'held: left.tokens },',
  ]),
  mutation('slices of a frozen wallet are not called back', [
    recall,
    "if (spendingBarred(wallet)) return recallOf(wallet, 'frozen', slices);",
    '',
  ]),
  mutation('slices are called back again and again', [
    recall,
    '.filter(({ slice }) => !slice.recalled)',
    '.filter(({ slice }) => slice.sliceId)',
  ]),
  mutation('slices keep what another one lacks', [
    recall,
    'slices.length === 0 ? [] : [HoldsRecalled({ walletId, reason, slices })]',
    "slices.length === 0 || reason === 'needed' ? [] : [HoldsRecalled({ walletId, reason, slices })]",
  ]),
  mutation('a hold ends with its slice, and not with its grace', [
    'apps/wallet/src/policies/when-slice-offered-hold-slice-or-renew-slice',
    'const expiresAt = Date.parse(validUntil) + graceMs;',
    'const expiresAt = Date.parse(validUntil) + Math.min(0, graceMs) - 3000;',
  ]),
];
