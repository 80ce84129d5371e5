import type { Asked, At, Consequences, ReferenceModel } from './model.ts';

/** What keeps the operator from issuing tokens in a lane, if anything. */
export function exhausted(model: ReferenceModel, { tokens, capacityLeft }: Asked, { lane }: At) {
  const { limit, room } = model.lanes[lane]!;
  if (limit === 0 || room >= tokens) return undefined;
  if (capacityLeft === undefined) throw new Error(`lane ${lane} issues ${tokens} µAIT and has room for ${room}`);
  const available = room + capacityLeft < 0n ? 0n : room + capacityLeft;
  return { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: tokens };
}

export function* issued(model: ReferenceModel, walletId: string, tokens: bigint, { lane }: At): Consequences {
  const own = model.lanes[lane]!;
  if (own.limit === 0) own.used += tokens;
  else own.room -= tokens;
  yield { type: 'CapacityUsed', data: { walletId, tokens } };
}

/** µAIT are out of the world, so that others can be issued. */
export function* gone(model: ReferenceModel, walletId: string, tokens: bigint, { lane }: At): Consequences {
  const own = model.lanes[lane]!;
  if (own.limit === 0) own.used -= tokens;
  else own.held -= tokens;
  yield { type: 'CapacityFreed', data: { walletId, tokens, returned: own.limit !== 0 } };
}
