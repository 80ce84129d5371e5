import { walletIdOf } from '@tokengrid/contracts';
import { ensure, shown } from '@tokengrid/simulation-kit';
import type { ReferenceModel } from '../model/model.ts';
import type { Asked } from '../model/asked.ts';
import { latestOf } from '../model/suspensions.ts';
import type { Outside } from '../clients/outside.ts';
import { lineOf } from '../clients/key-lines.ts';

/**
 * Checks of the wallet's reactions to other services' events. The model accepts the policies'
 * commands as they are, so it can't see a wrong or a missing one.
 */

/**
 * Uses are charged to who used them, each with the key that it was used with: all that cost
 * something of one event, in its order.
 * @throws Violation where they are not
 */
export function compareCharge({ walletId, partyId, ratedBy, uses }: Asked, outside: Outside): void {
  const rated = outside.ratedBy(ratedBy);
  ensure(rated?.partyId === partyId, () => `${ratedBy} is charged to ${partyId}, and was rated for ${rated?.partyId}`);
  const costly = rated!.uses.filter(({ tokens }) => tokens > 0n);
  const ids = [uses.map(({ use }) => use.usageId), costly.map(({ usageId }) => usageId)];
  ensure(shown(ids[0]) === shown(ids[1]), () => `${ratedBy} charges ${shown(ids[0])}, not ${shown(ids[1])}`);
  for (const [index, { key }] of costly.entries()) {
    const { use, actor } = uses[index]!;
    const [line, meant] = [actor?.line ?? [], key === undefined ? [] : lineOf(key)];
    ensure(shown(line) === shown(meant), () => `${use.usageId} is charged with ${shown(line)}, not ${shown(meant)}`);
    const isOwn = walletIdOf(partyId) === walletId && actor?.memberId === undefined;
    ensure(isOwn || actor?.memberId === partyId, () => `${use.usageId} of ${partyId} is charged to ${actor?.memberId}`);
  }
}

/** Events of a party, by the kind of command that tells a wallet of them. */
const tells: Readonly<Record<string, string>> = {
  freezeWallet: 'PartySuspended',
  suspendMember: 'PartySuspended',
  unfreezeWallet: 'PartyReinstated',
  reinstateMember: 'PartyReinstated',
};

/**
 * Checks that a wallet is told of its party, or of a member's, by the event of that revision.
 * @throws Violation for another event
 */
export function compareTold(kind: string, { walletId, memberId, by, partyRevision }: Asked, outside: Outside): void {
  const meant = tells[kind];
  if (meant === undefined || by === 'operator') return;
  const said = outside.suspensionAt(partyRevision);
  const whose = memberId === undefined ? walletId : walletIdOf(memberId);
  const isSaid = said?.type === meant && walletIdOf(said.partyId) === whose;
  ensure(isSaid, () => `${kind} ${walletId} ${memberId} by ${partyRevision}: ${shown(said)}`);
}

/**
 * Checks that a suspended party is suspended in each of its wallets, and no other party is.
 * @throws Violation for a wallet where it differs
 */
export function compareSuspensions(model: ReferenceModel, outside: Outside): void {
  for (const { id, partyId, frozenBy, members } of model.wallets.values()) {
    const meant = outside.isSuspended(partyId);
    ensure(frozenBy.has('suspension') === meant, () => `${id} is ${meant ? 'not ' : ''}frozen by suspension`);
    for (const [memberId, { isThere, told }] of members) {
      const { isSuspended } = latestOf(told);
      const isRight = !isThere || isSuspended === outside.isSuspended(memberId);
      ensure(isRight, () => `${memberId} is ${isSuspended ? '' : 'not '}suspended in ${id}`);
    }
  }
}
