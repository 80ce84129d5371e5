import { decisions, type Mutation, mutation } from './planting.ts';

/** What limits get back, what plans give at once, what strangers may fill, and what the operator undoes. */
export const givenBackMutations: readonly Mutation[] = [
  mutation('a transfer that comes back still counts as spent', [
    `${decisions}/returned`,
    'spent: withLess(wallet.spent, tokens, day),',
    '',
  ]),
  mutation('a transfer that comes back still counts on the market', [
    `${decisions}/returned`,
    'trade: withLessSent(wallet.trade, tokens, day),',
    '',
  ]),
  mutation('a transfer that comes back still counts against its member', [
    `${decisions}/returned`,
    'members: wallet.members.map(less),',
    '',
  ]),
  mutation('a transfer that comes back frees another day', [
    `${decisions}/spending`,
    'last === day ? onDay - tokens : onDay',
    'onDay - tokens',
  ]),
  mutation('a limit below what is spent raises no alert', [
    `${decisions}/set-spend-limits`,
    'return [set, ...alertsOf(afterEvent(wallet, set), 0n, onDay(context))];',
    'return [set];',
  ]),
  mutation('a plan that follows another one in a month is allotted whole', [
    `${decisions}/plan`,
    'return tokens > already ? tokens - already : 0n;',
    'return tokens;',
  ]),
  mutation('a wallet that is not closed is opened again', [
    `${decisions}/reopen-wallet`,
    'if (!standing.closed) return',
    'if (walletId === "") return',
  ]),
];
