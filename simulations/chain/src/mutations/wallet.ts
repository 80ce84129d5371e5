import { mutation } from '@tokengrid/simulation-kit';

const decisions = 'apps/wallet/src/decisions';
const charging = `${decisions}/usage/charge-wallet`;
const policy = 'apps/wallet/src/flows/charging-rated-uses';

/** Mistakes in the wallet: charges, lots, limits, members, escrow. */
export const walletMutations = [
  mutation('a use is charged up to what there is', [
    charging,
    'if (available >= tokens) return undefined;',
    'if (available + 1n >= tokens) return undefined;',
  ]),
  mutation('one use that can not be paid refuses all after it', [
    charging,
    'this.refused.push(refused);',
    'this.refused.push(refused);\n    this.lots = new BurningLots([]);',
  ]),
  mutation('limits do not see what the same event has charged', [
    charging,
    'this.wallet = afterSpending(this.wallet, { tokens, day: on.day, ...spentBy });',
    'if (this.wallet.walletId === usageId) this.wallet = afterSpending(this.wallet, { tokens, day: on.day, ...spentBy });',
  ]),
  mutation('a frozen wallet is charged', [
    charging,
    'const barred = spendingBarred(wallet) ?? chargeRefusal',
    'const barred = (tokens < 0n ? spendingBarred(wallet) : undefined) ?? chargeRefusal',
  ]),
  mutation('lots are burnt, and are there for the next use again', [
    charging,
    'const taken = this.lots.burn(use, tokens);',
    'const taken = new BurningLots(this.lots.left).burn(use, tokens);',
  ]),
  mutation('a refused use is charged in the sum', [
    charging,
    '= [sumOf(uses), sumOf(refunded)];',
    '= [sumOf(uses) + sumOf(refused.slice(0, 1)), sumOf(refunded)];',
  ]),
  mutation('an alert is raised by each use above its threshold', [
    charging,
    'this.wallet = withAlert(this.wallet, alert.data);',
    '',
  ]),
  mutation('free uses are charged, too', [
    policy,
    '.filter(({ tokens }) => tokens !== 0n)',
    '.filter(({ tokens }) => tokens !== -1n)',
  ]),
  mutation('a key is not asked for', [
    policy,
    'key === undefined ? undefined : lines.get(key)',
    'key === undefined ? undefined : []',
  ]),
  mutation('a key of a child is under no cap of its parent', [
    policy,
    'await this.keys.lineOf(key)] as const',
    '(await this.keys.lineOf(key)).slice(0, 1)] as const',
  ]),
  mutation('a member pays out of its own wallet', [policy, 'const wanted = shared ?? own;', 'const wanted = own;']),
  mutation('a member spends as the owner', [
    policy,
    'const member = walletId === own ? {} : { memberId: partyId };',
    'const member = {};',
  ]),
  mutation(
    'a charge goes wherever its payer is a member now',
    [
      policy,
      'const [executed, claimant] = await Promise.all([earlier, claimed]);',
      'const [executed, claimant] = [(await Promise.all([earlier, claimed])) && undefined, wanted.streamId];',
    ],
    [
      policy,
      '{ ...wanted, streamId, data: by(streamId) }',
      '{ ...wanted, id: `${wanted.id}${streamId}`, streamId, data: by(streamId) }',
    ],
  ),
  mutation('of the uses of one event the last is left out', [
    policy,
    'uses: uses.map((use) => ({ use,',
    'uses: uses.slice(0, Math.max(1, uses.length - 1)).map((use) => ({ use,',
  ]),
  mutation('a voucher pays for other apps', [
    `${decisions}/rules/vouchers`,
    '(!apps || (app !== undefined && apps.includes(app)))',
    '(!apps || app !== undefined)',
  ]),
  mutation('a voucher pays all, whatever its share', [
    `${decisions}/rules/vouchers`,
    'const share = (charge * BigInt(voucher.shareBps)) / basisPoints;',
    'const share = charge;',
  ]),
  mutation('a voucher has no cap per use', [
    `${decisions}/rules/vouchers`,
    'least(share, voucher.capPerUse ?? share)',
    'share',
  ]),
  mutation('vouchers come last, whatever their priority', [
    `${decisions}/rules/vouchers`,
    'if (index >= this.first) break;',
    'if (index >= 0) break;',
  ]),
  mutation('the younger of equal lots burns first', [
    `${decisions}/state/lots`,
    'const isBefore = (lot: WalletLot) => (other: WalletLot) => burnsBefore(lot, other);\n  return merged(held, more, isBefore);',
    'const isBefore = (lot: WalletLot) => (other: WalletLot) => !burnsBefore(other, lot);\n  return merged(held, more, isBefore);',
  ]),
  mutation('a lot that never expires burns before one that does', [
    `${decisions}/state/lots`,
    'return a.expiresAt !== null && (b.expiresAt === null || a.expiresAt < b.expiresAt);',
    'return a.expiresAt === null || (b.expiresAt !== null && a.expiresAt < b.expiresAt);',
  ]),
  mutation('the lots that an event took are folded once for each lot', [
    `${decisions}/state/charges`,
    'for (const { lotId, tokens } of lots) sums.set(lotId, (sums.get(lotId) ?? 0n) + tokens);',
    'for (const { lotId, tokens } of lots) sums.set(lotId, tokens);',
  ]),
  mutation('the spending of members in one event is folded once for each member', [
    `${decisions}/state/charges`,
    'sums.set(memberId, (sums.get(memberId) ?? 0n) + tokens);',
    'sums.set(memberId, tokens);',
  ]),
  mutation('a daily limit never ends', [
    `${decisions}/state/spending`,
    'return { day, onDay: 0n, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };',
    'return { day, onDay: spent.onDay, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };',
  ]),
  mutation('a month begins with each day', [
    `${decisions}/state/spending`,
    'onDay: 0n, inMonth: monthOf(spent.day) === monthOf(day) ? spent.inMonth : 0n };',
    'onDay: 0n, inMonth: 0n };',
  ]),
  mutation('a statement is paid out of the next lane', [
    'apps/wallet/src/policies/when-statement-made-release-escrow-or-collect-fees',
    'this.lanes.streamOf(walletLane), release',
    'this.lanes.streamOf((walletLane + 1) % this.lanes.all.length), release',
  ]),
  mutation('fees of the operator stay in escrow', [
    `${decisions}/usage/collect-fees`,
    "laneAccount(context.lane, 'fees')",
    "laneAccount(context.lane, 'escrow')",
  ]),
  mutation('earnings arrive one µAIT short', [
    `${decisions}/usage/receive-earnings`,
    'parcels: lasting(tokens) }',
    'parcels: lasting(tokens > 1n ? tokens - 1n : tokens) }',
  ]),
];
