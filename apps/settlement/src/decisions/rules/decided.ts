import type { CodesOf, SettlementEvent, settlementRefusals, StatedBy } from '@tokengrid/contracts';

type Refusals = typeof settlementRefusals;

/**
 * What a command of settlement may state: no refusal but its own, and none at all where it is named
 * nowhere.
 */
export type Decided<Command extends keyof Refusals = never> = readonly StatedBy<
  SettlementEvent,
  CodesOf<Refusals, Command>
>[];
