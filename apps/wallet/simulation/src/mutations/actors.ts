import { type Mutation, mutation } from '@tokengrid/simulation-kit';
import { decisions, policies } from './folders.ts';

const caps = [
  mutation('strangers spend', [
    `${decisions}/rules/actors`,
    "if (!member) return { code: 'WALLET.NOT_A_MEMBER' };",
    'if (!member) return undefined;',
  ]),
  mutation('a key that another one minted is under no cap of that one', [
    `${decisions}/rules/actors`,
    'memberId === undefined ? line : [memberId, ...line]',
    'memberId === undefined ? line.slice(0, 1) : [memberId, ...line.slice(0, 1)]',
  ]),
  mutation('a member party’s keys are under no cap', [
    `${decisions}/rules/actors`,
    '[memberId, ...line]',
    '[memberId]',
  ]),
  mutation('one of all members that are bound is enough', [
    `${decisions}/rules/limits`,
    'capRefusal(wallet, demandsOf(membersBound(wallet, actor), tokens), day)',
    'capRefusal(wallet, demandsOf(membersBound(wallet, actor).slice(0, 1), tokens), day)',
  ]),
  mutation('a key with a cap sells what it likes', [
    `${decisions}/purchases/sell-tokens`,
    '    capRefusal(wallet, demandsOf(sellers, tokens), day) ??\n',
    '',
  ]),
  mutation('what a key sells does not count against its cap', [
    `${decisions}/state/wallet`,
    'withoutQuote(afterMembersSpent(afterSale(wallet, sale), sale), sale.quoteId)',
    'withoutQuote(afterSale(wallet, sale), sale.quoteId)',
  ]),
  mutation('a key with a cap buys what it likes on the bill', [
    `${decisions}/purchases/purchase-tokens`,
    "method === 'carrier-bill' ? membersBound(wallet, purchase.actor) : []",
    "method === 'payment-provider' ? membersBound(wallet, purchase.actor) : []",
  ]),
];

const holds = [
  mutation('a key captures within a hold of somebody else’s beyond its cap', [
    `${decisions}/holds/capture-hold`,
    '  if (barred) return refused(barred);\n',
    '',
  ]),
  mutation('what a key captures through a hold of somebody else’s counts against nobody', [
    `${decisions}/holds/capture-hold`,
    'saidOf(together(hold.memberIds, others))',
    'saidOf(hold.memberIds)',
  ]),
  mutation('a capture beyond its hold goes past the caps of the hold’s members', [
    `${decisions}/holds/capture-hold`,
    '    ...hold.memberIds.map((memberId) => roomUnderCaps(wallet, memberId, day)),\n',
    '',
  ]),
  mutation('a capture beyond its hold goes past the caps of who captures', [
    `${decisions}/holds/capture-hold`,
    'room && room - within',
    'room',
  ]),
  mutation('who was removed captures the hold that it has open', [
    `${decisions}/holds/capture-hold`,
    'actorRefusal(wallet, capture.actor) ?? notOwnRefusal',
    'notOwnRefusal',
  ]),
  mutation('who was removed extends the hold that it has open', [
    `${decisions}/holds/extend-hold`,
    'actorRefusal(wallet, extension.actor) ?? notOwnRefusal',
    'notOwnRefusal',
  ]),
  mutation('who was removed releases the hold that it has open', [
    `${decisions}/holds/release-hold`,
    'actorRefusal(wallet, actor) ?? notOwnRefusal',
    'notOwnRefusal',
  ]),
  mutation('a member captures holds that are not its own', [
    `${decisions}/rules/hold-rights`,
    '!hold.memberIds.includes(actor.memberId)',
    'hold.tokens < 0n',
  ]),
  mutation('a hold that a key extends is not under its cap', [
    `${decisions}/holds/extend-hold`,
    'together(hold.memberIds, membersBound(wallet, extension.actor))',
    'together(hold.memberIds, [])',
  ]),
  mutation('who extends a hold needs room for what is added alone', [
    `${decisions}/holds/extend-hold`,
    'hold.memberIds.includes(memberId) ? tokens : hold.tokens + tokens',
    'tokens',
  ]),
];

const membership = [
  mutation('what was placed under a cap is free of it once its member is removed', [
    `${decisions}/state/members`,
    'formerMembers: [...wallet.formerMembers, ...removed]',
    'formerMembers: removed.length > 100 ? removed : wallet.formerMembers',
  ]),
  mutation('who comes back while its hold is open begins anew', [
    `${decisions}/state/members`,
    '= memberOrFormer(wallet, memberId) ?? {',
    '= wallet.members.find((member) => member.memberId === memberId) ?? {',
  ]),
  mutation('a key with a cap lifts it', [
    `${decisions}/rules/actors`,
    'members.some(({ memberId }) => actor?.line.includes(memberId))',
    'members.some(({ memberId }) => memberId === actor?.memberId && actor.line.length < 0)',
  ]),
  mutation('a key that another one minted lifts its cap', [
    `${decisions}/rules/actors`,
    'members.some(({ memberId }) => actor?.line.includes(memberId))',
    'members.some(({ memberId }) => actor?.line[0] === memberId)',
  ]),
  mutation('a suspended member spends', [
    `${decisions}/rules/actors`,
    "return isSuspended ? { code: 'WALLET.MEMBER_SUSPENDED' } : undefined;",
    'return undefined;',
  ]),
  mutation('who is suspended is so in its own wallet alone', [
    `${policies}/when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet`,
    'await this.members.walletsOf(partyId)',
    '(await this.members.walletsOf(partyId)).slice(0, 0)',
  ]),
  mutation('who becomes a member while it is suspended is not', [
    `${policies}/when-member-set-suspend-member-or-reinstate-member`,
    'if (partyRevision <= (await this.knownIn(walletId, memberId)).partyRevision) return undefined;',
    'if (suspended || partyRevision <= (await this.knownIn(walletId, memberId)).partyRevision) return undefined;',
  ]),
  mutation('an older suspension overrides a later reinstatement', [
    `${decisions}/state/suspension`,
    'told.partyRevision < known.partyRevision ? known : told',
    'told.partyRevision < known.partyRevision && !told.suspended ? known : told',
  ]),
  mutation('what is told late is answered with the revision that it came with', [
    `${decisions}/state/suspension`,
    'told.partyRevision < known.partyRevision ? known : told',
    'told.partyRevision < known.partyRevision ? { ...known, partyRevision: told.partyRevision } : told',
  ]),
  mutation('a use is charged without the key that it was made with', [
    'apps/wallet/src/flows/charging-rated-uses',
    'actorBy(key === undefined ? undefined : lines.get(key), member)',
    'actorBy(key === undefined ? [] : undefined, member)',
  ]),
];

const people = [
  mutation('who proposed something approves it', [
    `${decisions}/rules/approvals`,
    'return isSamePerson(proposal.people, people) ?',
    'return isSamePerson(proposal.people, people) && people.length > 8 ?',
  ]),
  mutation('a key that who proposed something minted approves it', [
    `${decisions}/rules/approvals`,
    'other.includes(some[0]!) || some.includes(other[0]!)',
    'some.includes(other[0]!)',
  ]),
  mutation('a key that minted who proposed something approves it', [
    `${decisions}/rules/approvals`,
    'other.includes(some[0]!) || some.includes(other[0]!)',
    'other.includes(some[0]!)',
  ]),
];

/** Mistakes about actors, the caps that bind them, and second persons. */
export const actorMutations: readonly Mutation[] = [...caps, ...holds, ...membership, ...people];
