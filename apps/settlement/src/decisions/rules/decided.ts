import type { CodesOf, SettlementEvent, settlementRefusals, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof settlementRefusals;

/**
 * Events that a command of settlement may state, with its own refusals only; without a name, none.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  SettlementEvent,
  CodesOf<Refusals, Command>
>[];
