import { type Handler, type ReferenceModel } from './model.ts';
import { ofLane } from './state.ts';
import type { At, Consequences } from './state.ts';
import type { Asked } from './asked.ts';
import { gone } from './issuance.ts';

interface OfLane {
  readonly lane: number;
  readonly tokens: bigint;
}

interface Order {
  readonly retirementId: string;
  readonly tokens?: bigint;
  readonly collected: readonly OfLane[];
}

/** rules "Fees": each lane in turn gives its remaining fees until the amount is reached. */
function shares(model: ReferenceModel, collected: readonly OfLane[]): readonly OfLane[] {
  return [...collected]
    .sort((a, b) => a.lane - b.lane)
    .map(({ lane, tokens }) => {
      const { collectedFees, orderedFees } = model.lanes[lane]!;
      if (tokens > collectedFees) throw new Error(`lane ${lane} never collected ${tokens} µAIT of fees`);
      return { lane, tokens: tokens > orderedFees ? tokens - orderedFees : 0n };
    });
}

/** rules "Fees": the operator retires some or all. */
const orderFeesRetirement: Handler = function* (model, asked) {
  const { retirementId, tokens, collected } = asked as unknown as Order;
  const there = shares(model, collected);
  const available = there.reduce((sum, share) => sum + share.tokens, 0n);
  const required = tokens ?? available;
  if (required > available) {
    const data = { retirementId, code: 'WALLET.INSUFFICIENT_FEES', available, required };
    return yield { type: 'FeesRetirementRefused', data };
  }
  let left = required;
  const lanes: OfLane[] = [];
  for (const share of there) {
    const part = share.tokens < left ? share.tokens : left;
    left -= part;
    if (part === 0n) continue;
    lanes.push({ lane: share.lane, tokens: part });
    model.lanes[share.lane]!.orderedFees += part;
    model.depart(`${retirementId} of lane ${share.lane}`, part);
  }
  yield { type: 'FeesRetirementOrdered', data: { retirementId, tokens: required, lanes } };
};

function* retireFees(model: ReferenceModel, asked: Asked, at: At): Consequences {
  const { retirementId, tokens } = asked as unknown as { readonly retirementId: string; readonly tokens: bigint };
  model.arrive(`${retirementId} of lane ${at.lane}`, tokens);
  model.accounts.move(tokens, ofLane(at, 'fees'), ofLane(at, 'redeemed'));
  yield { type: 'FeesRetired', data: { retirementId, tokens } };
  yield* gone(model, undefined, tokens, at);
}

/** Handlers of the operator's fees, by command. */
export const feesHandlers: Readonly<Record<string, Handler>> = { orderFeesRetirement, retireFees };
