import { known } from './state.ts';
import type { ReferenceModel } from './model.ts';
import type { At, Consequences, ModelLane, Refusal } from './state.ts';
import type { Asked } from './asked.ts';

/** domain.md "Solvency": refusal of issuing tokens in a lane, if any. */
export function exhausted(
  model: ReferenceModel,
  { tokens, capacityLeft }: Pick<Asked, 'tokens' | 'capacityLeft'>,
  { lane }: At,
): Refusal | undefined {
  const { limit, room } = model.lanes[lane]!;
  if (limit === 0 || room >= tokens) return undefined;
  if (capacityLeft === undefined) throw new Error(`lane ${lane} issues ${tokens} µAIT and has room for ${room}`);
  const available = room + capacityLeft < 0n ? 0n : room + capacityLeft;
  return { code: 'WALLET.ISSUANCE_EXHAUSTED', available, required: tokens };
}

const full = 10_000n;
const atLeastNone = (amount: bigint): bigint => (amount < 0n ? 0n : amount);

/**
 * rules "reserves capacity only while": pending purchases reserve at most a share of their lane's
 * free capacity.
 */
export function reservingRefused(
  model: ReferenceModel,
  { tokens, capacityLeft, pendingCapacityBps }: Asked,
  { lane }: At,
): Refusal | undefined {
  const { limit, room, reserved } = model.lanes[lane]!;
  const share = BigInt(pendingCapacityBps);
  if (limit === 0 || (reserved + tokens) * full <= share * (room + reserved)) return undefined;
  const refused = { code: 'WALLET.ISSUANCE_EXHAUSTED', required: tokens };
  if (share === 0n) return { ...refused, available: 0n };
  if (capacityLeft === undefined) throw new Error(`lane ${lane} keeps ${reserved} + ${tokens} µAIT of ${room}`);
  const there = room + capacityLeft;
  const most = atLeastNone((share * (there + reserved)) / full - reserved);
  return { ...refused, available: atLeastNone(most < there ? most : there) };
}

/** Takes capacity; without a limit, reserved tokens count like issued ones. */
function take(own: ModelLane, tokens: bigint): void {
  if (own.limit === 0) own.used += tokens;
  else own.room -= tokens;
}

export function* issued(model: ReferenceModel, walletId: string, tokens: bigint, { lane }: At): Consequences {
  take(model.lanes[lane]!, tokens);
  yield { type: 'CapacityUsed', data: { walletId, tokens } };
}

export function* reserve(model: ReferenceModel, walletId: string, tokens: bigint, { lane }: At): Consequences {
  const own = model.lanes[lane]!;
  take(own, tokens);
  own.reserved += tokens;
  yield { type: 'CapacityReserved', data: { walletId, tokens } };
}

/** Issues the tokens reserved for a purchase: no further capacity is taken. */
export function* issuedReserved(model: ReferenceModel, walletId: string, tokens: bigint, { lane }: At): Consequences {
  model.lanes[lane]!.reserved -= tokens;
  yield { type: 'CapacityUsed', data: { walletId, tokens, reserved: true } };
}

function free(own: ModelLane, tokens: bigint): { readonly returned: boolean } {
  if (own.limit === 0) own.used -= tokens;
  else own.held -= tokens;
  return { returned: own.limit !== 0 };
}

/** Frees the capacity of tokens that are out of the world. */
export function* gone(model: ReferenceModel, walletId: string | undefined, tokens: bigint, { lane }: At): Consequences {
  yield { type: 'CapacityFreed', data: known({ walletId, tokens, ...free(model.lanes[lane]!, tokens) }) };
}

/** Frees the capacity reserved for a purchase. */
export function* unreserve(model: ReferenceModel, walletId: string, tokens: bigint, { lane }: At): Consequences {
  const own = model.lanes[lane]!;
  own.reserved -= tokens;
  yield { type: 'CapacityFreed', data: { walletId, tokens, ...free(own, tokens), reserved: true } };
}
