import type { ChargeRefused, CodesOf, StatedBy, WalletEvent, walletRefusals } from '@tokengrid/contracts';
import type { OnSystemStream } from '@tokengrid/kernel';

type Refusals = typeof walletRefusals;

/** A command of the wallet that may be refused. */
export type Refusable = keyof Refusals;

/** Codes that a command is refused with. */
export type CodesOfCommand<Command extends Refusable> = CodesOf<Refusals, Command>;

/** Why a command is refused, with the amounts that it is about. */
export interface Refusal<Command extends Refusable> {
  readonly code: CodesOfCommand<Command>;
  readonly limit?: Parameters<typeof ChargeRefused>[0]['limit'];
  readonly available?: bigint | undefined;
  readonly required?: bigint | undefined;
}

/** Whatever was stated, by any command. */
export type Stated = readonly (WalletEvent | OnSystemStream<WalletEvent>)[];

/**
 * What a command of the wallet may state: no refusal but its own, and none at all where it is named
 * nowhere.
 */
export type Decided<Command extends Refusable = never> = readonly (
  StatedBy<WalletEvent, CodesOf<Refusals, Command>> | OnSystemStream<WalletEvent>
)[];
