import type { CapacityEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Stream of the declared capacity and its slices by lane. */
export const capacityStreamId = 'capacity';

/** The operator's capacity: declared or not. */
export type Capacity = { readonly status: 'undeclared' } | DeclaredCapacity;

export interface DeclaredCapacity {
  readonly status: 'declared';
  readonly version: number;
  /** Maximum of outstanding tokens, in µAIT. */
  readonly declared: bigint;
  /** Capacity of all lanes, issued or not, in µAIT; above `declared` after a lowered limit. */
  readonly granted: bigint;
  /**
   * Lanes that have reported tokens issued before the first declaration. Slices are granted once
   * all have.
   */
  readonly reported: readonly number[];
  /** True while the operator is warned of nearly used capacity. */
  readonly warned: boolean;
}

export const capacity: Aggregate<Capacity, WalletEvent> = {
  name: 'capacity',
  stateVersion: 2,
  initial: { status: 'undeclared' },
  evolve,
};

/** Capacity not granted to any lane, in µAIT; negative after a lowered limit. */
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

/** @throws Error for a lane's event before the first declaration, which no valid history has */
export function mustBeDeclared(state: Capacity): DeclaredCapacity {
  if (state.status === 'undeclared') throw new Error('no capacity has been declared');
  return state;
}
