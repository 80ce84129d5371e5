import { walletIdOf } from '@tokengrid/contracts';
import type { ReferenceModel } from '../model/model.ts';
import type { Asked } from '../model/asked.ts';
import { latestOf } from '../model/suspensions.ts';
import type { Outside } from '../clients/outside.ts';
import { lineOf } from '../clients/key-lines.ts';
import { ensure, shown } from './violation.ts';

/**
 * What the wallet makes of what other services say, which its policies do: the model takes their
 * commands as they are, and so can't see one that is wrong or that never comes.
 */

/**
 * A use is charged to who used it, with the key that it was used with.
 * @throws Violation where it is not
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

/** Whose kinds of commands tell a wallet of a party, and what they tell. */
const tells: Readonly<Record<string, string>> = {
  freezeWallet: 'PartySuspended',
  suspendMember: 'PartySuspended',
  unfreezeWallet: 'PartyReinstated',
  reinstateMember: 'PartyReinstated',
};

/**
 * A wallet is told of its party, or of a member's, what the event of that revision said.
 * @throws Violation where it is not
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
 * All who are suspended are so wherever they are, and nobody else is.
 * @throws Violation where one is not
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
