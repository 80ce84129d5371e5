import { type Handler, type ReferenceModel } from './model.ts';
import { ofLane } from './state.ts';
import type { At, Consequences, ModelCapacity } from './state.ts';
import type { Asked } from './asked.ts';

/** Refusal of a statement that takes more out of escrow than charges put there. */
function escrowShort(model: ReferenceModel, { tokens }: Asked, charged: bigint, { lane }: At) {
  const available = charged - model.lanes[lane]!.released;
  return available < tokens ? { code: 'WALLET.ESCROW_SHORT', available, required: tokens } : undefined;
}

const escrowHandler = (to: 'in-transit' | 'fees'): Handler =>
  function* (model, asked, at) {
    const { statementId, partyId, period, timeZone, tokens } = asked;
    // The sum of charges in a command may be old, and is never too high.
    const { charged } = asked as Asked & { readonly charged: bigint };
    if (charged > model.lanes[at.lane]!.charged) throw new Error(`lane ${at.lane} never had ${charged} in escrow`);
    const earnings = { statementId, partyId, period, timeZone, tokens };
    const refused = escrowShort(model, asked, charged, at);
    if (refused) return yield { type: 'EscrowRefused', data: { ...earnings, ...refused } };
    model.once(`${statementId} out of lane ${at.lane}`);
    model.lanes[at.lane]!.released += tokens;
    model.accounts.move(tokens, ofLane(at, 'escrow'), ofLane(at, to));
    if (to === 'fees') model.lanes[at.lane]!.collectedFees += tokens;
    if (to === 'fees') return yield { type: 'FeesCollected', data: earnings };
    model.depart(`${statementId} from lane ${at.lane}`, tokens);
    const toWalletId = `wal_${partyId.slice(partyId.indexOf('_') + 1)}`;
    yield { type: 'EscrowReleased', data: { ...earnings, toWalletId } };
  };

/** Returns a lane's unissued capacity; a lane without a limit owes its issued tokens. */
function* returnCapacity(model: ReferenceModel, { version }: Asked, { lane }: At): Consequences {
  const own = model.lanes[lane]!;
  const first = own.limit === 0;
  const tokens = first ? -own.used : own.room;
  own.limit = Math.max(own.limit, version);
  own.held -= tokens;
  own.room = 0n;
  yield { type: 'CapacityReturned', data: { tokens, version: own.limit, first } };
}

function* receiveCapacity(model: ReferenceModel, asked: Asked, at: At): Consequences {
  const { tokens, version } = asked;
  const own = model.lanes[at.lane]!;
  own.held += tokens;
  own.room += tokens;
  yield { type: 'CapacityReceived', data: { tokens, version } };
  // A grant under an older declaration than the lane's: the limit may have been lowered since.
  if (version < own.limit) yield* returnCapacity(model, { ...asked, version: own.limit }, at);
}

function* declareCapacity({ capacity }: ReferenceModel, { tokens }: Asked): Consequences {
  capacity.declared = tokens;
  capacity.version += 1;
  yield { type: 'CapacityDeclared', data: { tokens, version: capacity.version } };
}

function* requestCapacity({ capacity, lanes }: ReferenceModel, { lane, required }: Asked): Consequences {
  const left = capacity.declared - capacity.granted;
  if (left < required) return yield { type: 'CapacityExhausted', data: { lane, required, left } };
  const slice = capacity.declared / BigInt(8 * lanes.length);
  const tokens = slice < required || slice > left ? required : slice;
  capacity.granted += tokens;
  yield { type: 'CapacityGranted', data: { lane, tokens, left: left - tokens, version: capacity.version } };
}

function* reclaimCapacity({ capacity }: ReferenceModel, { lane, tokens, reported }: Asked): Consequences {
  capacity.granted -= tokens;
  if (reported && !capacity.reported.includes(lane)) capacity.reported.push(lane);
  const left = capacity.declared - capacity.granted;
  yield { type: 'CapacityReclaimed', data: { lane, tokens, left, reported } };
}

/**
 * rules/capacity.md "Capacity warning": from 90 % of the declared capacity outstanding on. True if
 * the operator was not told yet.
 */
export const isNews = (
  { declared, warned }: Pick<ModelCapacity, 'declared' | 'warned'>,
  outstanding: bigint,
): boolean => warned !== outstanding * 100n >= declared * 90n;

function* watchCapacity({ capacity }: ReferenceModel, { outstanding }: Asked): Consequences {
  if (!isNews(capacity, outstanding)) return;
  capacity.warned = !capacity.warned;
  const data = { declared: capacity.declared, outstanding };
  yield { type: capacity.warned ? 'CapacityWarningRaised' : 'CapacityWarningCleared', data };
}

/** Handlers of lanes and the capacity, by command. */
export const laneHandlers: Readonly<Record<string, Handler>> = {
  releaseEscrow: escrowHandler('in-transit'),
  collectFees: escrowHandler('fees'),
  returnCapacity,
  receiveCapacity,
  declareCapacity,
  requestCapacity,
  reclaimCapacity,
  watchCapacity,
};
