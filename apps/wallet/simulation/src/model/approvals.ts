import type { Handler, ReferenceModel } from './model.ts';
import type { Consequences, Expected, Grant, Refusal, Waiting } from './state.ts';
import type { Asked } from './asked.ts';
import { known } from './state.ts';
import { areOnePerson } from './actors.ts';
import { upToDate } from './due.ts';
import { planGrant } from './plans.ts';
import { voucherGrant } from './vouchers.ts';
import { tokenGrant } from './grants.ts';
import type { Giving } from './giving.ts';

/**
 * rules/control.md "Approvals": at most 10 open proposals per wallet, 10 for the price and 10 for
 * the policy.
 */
const mostWaiting = 10;

const kinds: Readonly<Record<string, Giving>> = { grant: tokenGrant, voucher: voucherGrant, plan: planGrant };

/** A grant, decided without an approval. */
function alone({ expiresAt, ...grant }: Grant, { capacityLeft }: Asked): Asked {
  const end = typeof expiresAt === 'string' ? Date.parse(expiresAt) : undefined;
  return { ...grant, capacityLeft, expiresAt: end } as unknown as Asked;
}

/**
 * A grant beyond one person's right waits, if it could be given at all; it takes no capacity
 * meanwhile.
 */
const giveTokens = upToDate(function* (model, wallet, asked, at) {
  const { grant, approvalId, by, people, policy } = asked as Asked & { readonly grant: Grant };
  const giving = kinds[grant.kind]!;
  const wanted = alone(grant, asked);
  const most = policy.approvals.grantsAbove;
  const waits = most !== undefined && most < grant.tokens;
  const barred = giving.barred(wallet, wanted, at) ?? (waits ? undefined : giving.short(model, wallet, wanted, at));
  if (barred) return yield giving.refused(wallet, wanted, barred);
  if (!waits) return yield* giving.give(model, wallet, wanted, at);
  yield propose(
    'Grant',
    wallet.waiting,
    { id: approvalId, by, people, what: grant },
    { walletId: wallet.id },
    { grant },
  );
});

/** Makes a proposal, unless too many are open. */
export function propose<What>(
  word: string,
  waiting: Waiting<What>[],
  one: Waiting<What>,
  whose: Expected['data'],
  says: Expected['data'],
): Expected {
  const proposal = { ...whose, approvalId: one.id, by: one.by };
  if (waiting.length >= mostWaiting) {
    const data = { ...proposal, action: 'propose', code: 'WALLET.TOO_MANY_APPROVALS' };
    return { type: `${word}ApprovalRefused`, data };
  }
  waiting.push(one);
  return { type: `${word}Proposed`, data: known({ ...proposal, people: one.people, ...says }) };
}

/** The effect of a second person's decision, and its refusals. */
export interface Deciding<What> {
  readonly word: string;
  readonly waiting: Waiting<What>[];
  readonly whose: Expected['data'];
  readonly approves: boolean;
  /** Refusal of an approval for now. The proposal stays open. */
  barred?(what: What): Refusal | undefined;
  happens(what: What): Consequences;
}

/**
 * rules "Approvals": only another person decides, and only an open proposal. Either decision
 * resolves it.
 */
export function* decide<What>(asked: Asked, deciding: Deciding<What>): Consequences {
  const { approvalId, by, people, reason } = asked;
  const { word, waiting, whose, approves, happens } = deciding;
  const approval = { ...whose, approvalId, by };
  const one = waiting.find(({ id }) => id === approvalId);
  const own = one && areOnePerson(one.people, people) ? { code: 'WALLET.SAME_PRINCIPAL' } : undefined;
  const refused = one
    ? (own ?? (approves ? deciding.barred?.(one.what) : undefined))
    : { code: 'WALLET.APPROVAL_RESOLVED' };
  if (refused) {
    const data = { ...approval, action: approves ? 'approve' : 'reject', ...refused };
    return yield { type: `${word}ApprovalRefused`, data };
  }
  waiting.splice(waiting.indexOf(one!), 1);
  if (!approves) return yield { type: `${word}Rejected`, data: known({ ...approval, reason }) };
  yield { type: `${word}Approved`, data: approval };
  yield* happens(one!.what);
}

const ofGrant = (approves: boolean): Handler =>
  upToDate(function* (model, wallet, asked, at) {
    const { waiting, id: walletId } = wallet;
    yield* decide(asked, {
      word: 'Grant',
      waiting,
      whose: { walletId },
      approves,
      barred: (grant) => {
        const [giving, wanted] = [kinds[grant.kind]!, alone(grant, asked)];
        const refused = giving.barred(wallet, wanted, at) ?? giving.short(model, wallet, wanted, at);
        return refused?.code === 'WALLET.EXPIRY_PASSED' ? { code: 'WALLET.APPROVAL_OUTDATED' } : refused;
      },
      happens: (grant) => kinds[grant.kind]!.give(model, wallet, alone(grant, asked), at),
    });
  });

/** True if a threshold allows more without approval: it is higher, or removed. */
const isLooser = (was: bigint | number | undefined, becomes: bigint | number | undefined): boolean =>
  was !== undefined && (becomes === undefined || becomes > was);

function* setPolicy(model: ReferenceModel, policy: Asked['policy']): Consequences {
  model.policies += 1;
  model.approvals = policy.approvals;
  yield { type: 'MarketPolicySet', data: known({ ...policy, version: model.policies }) };
}

const changeMarketPolicy: Handler = function* (model, asked) {
  const { approvalId, by, people, terms } = asked as unknown as Asked & { readonly terms: Asked['policy'] };
  const [was, becomes] = [model.approvals, terms.approvals];
  const loosens =
    isLooser(was.grantsAbove, becomes.grantsAbove) || isLooser(was.priceChangeAboveBps, becomes.priceChangeAboveBps);
  if (!loosens) return yield* setPolicy(model, terms);
  yield propose('MarketPolicy', model.waitingPolicies, { id: approvalId, by, people, what: terms }, {}, { ...terms });
};

const ofPolicy = (approves: boolean): Handler =>
  function* (model, asked) {
    const happens = (policy: Asked['policy']) => setPolicy(model, policy);
    yield* decide(asked, { word: 'MarketPolicy', waiting: model.waitingPolicies, whose: {}, approves, happens });
  };

/** Handlers of grants, prices and the policy, with and without approval, by command. */
export const approvalHandlers: Readonly<Record<string, Handler>> = {
  giveTokens,
  approveGrant: ofGrant(true),
  rejectGrant: ofGrant(false),
  changeMarketPolicy,
  approveMarketPolicy: ofPolicy(true),
  rejectMarketPolicy: ofPolicy(false),
};
