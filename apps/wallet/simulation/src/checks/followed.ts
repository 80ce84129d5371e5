import { walletIdOf } from '@tokengrid/contracts';
import type { ReferenceModel } from '../model/model.ts';
import type { Asked } from '../model/asked.ts';
import { latestOf } from '../model/suspensions.ts';
import type { Outside } from '../clients/outside.ts';
import { lineOf } from '../clients/key-lines.ts';
import { ensure, shown } from './violation.ts';

/**
 * Checks of the wallet's reactions to other services' events. The model accepts the policies'
 * commands as they are, so it can't see a wrong or a missing one.
 */

/**
 * Checks that a use is charged to its user, with the key of the use.
 * @throws Violation for another wallet, member or key
 */
export function compareCharge({ walletId, usageId, actor }: Asked, outside: Outside): void {
  const use = outside.use(usageId);
  ensure(use !== undefined, () => `${usageId} is charged, and was never rated`);
  const { partyId, key } = use!;
  const [line, meant] = [actor?.line ?? [], key === undefined ? [] : lineOf(key)];
  ensure(shown(line) === shown(meant), () => `${usageId} is charged with ${shown(line)}, not ${shown(meant)}`);
  const isOwn = walletIdOf(partyId) === walletId && actor?.memberId === undefined;
  ensure(isOwn || actor?.memberId === partyId, () => `${usageId} of ${partyId} is charged to ${actor?.memberId}`);
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
