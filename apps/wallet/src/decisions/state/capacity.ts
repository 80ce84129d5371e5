import type { CapacityEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** The stream of what may be outstanding, and which lane has how much of it. */
export const capacityStreamId = 'capacity';

/** The operator's capacity: declared or not. */
export type Capacity = { readonly status: 'undeclared' } | DeclaredCapacity;

export interface DeclaredCapacity {
  readonly status: 'declared';
  readonly version: number;
  /** µAIT that may be outstanding. */
  readonly declared: bigint;
  /**
   * µAIT that lanes have: issued by them, or theirs to issue. More than declared once the operator
   * lowered it.
   */
  readonly granted: bigint;
  /**
   * Lanes that have said what they had issued before there was a limit. Nothing is granted until
   * all have.
   */
  readonly reported: readonly number[];
  /** Whether the operator was warned that little is left. */
  readonly warned: boolean;
}

export const capacity: Aggregate<Capacity, WalletEvent> = {
  name: 'capacity',
  stateVersion: 2,
  initial: { status: 'undeclared' },
  evolve,
};

/** µAIT that no lane has; negative where lanes have more than was declared. */
export const leftOf = ({ declared, granted }: DeclaredCapacity): bigint => declared - granted;

const nothingGranted = { granted: 0n, reported: [], warned: false } as const;

function evolve(state: Capacity, event: CapacityEvent): Capacity {
  switch (event.type) {
    case 'CapacityDeclared': {
      const { tokens, version } = event.data;
      const { granted, reported, warned } = state.status === 'declared' ? state : nothingGranted;
      return { status: 'declared', version, declared: tokens, granted, reported, warned };
    }
    case 'CapacityGranted': {
      const declared = mustBeDeclared(state);
      return { ...declared, granted: declared.granted + event.data.tokens };
    }
    case 'CapacityReclaimed': {
      const declared = mustBeDeclared(state);
      const { lane, tokens } = event.data;
      const news = event.data.reported && !declared.reported.includes(lane);
      const reported = news ? [...declared.reported, lane] : declared.reported;
      return { ...declared, granted: declared.granted - tokens, reported };
    }
    case 'CapacityWarningRaised':
      return { ...mustBeDeclared(state), warned: true };
    case 'CapacityWarningCleared':
      return { ...mustBeDeclared(state), warned: false };
    case 'CapacityExhausted':
      return state;
  }
}

/**
 * @throws Error for a lane that speaks of capacity before there is any: such a history cannot be
 */
export function mustBeDeclared(state: Capacity): DeclaredCapacity {
  if (state.status === 'undeclared') throw new Error('no capacity has been declared');
  return state;
}
