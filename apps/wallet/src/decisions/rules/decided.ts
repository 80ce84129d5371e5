import type { CodesOf, RefusedUse, StatedBy, WalletEvent, walletRefusals } from '@tokengrid/contracts';
import type { OnSystemStream } from '@tokengrid/kernel';

type Refusals = typeof walletRefusals;

/** A command of the wallet with declared refusals. */
export type Refusable = keyof Refusals;

/** Codes of a command's refusals. */
export type CodesOfCommand<Command extends Refusable> = CodesOf<Refusals, Command>;

/** The refusal of a command, with its amounts. */
export interface Refusal<Command extends Refusable> {
  readonly code: CodesOfCommand<Command>;
  readonly limit?: RefusedUse['limit'];
  readonly available?: bigint | undefined;
  readonly required?: bigint | undefined;
}

/** Events stated by any command. */
export type Stated = readonly (WalletEvent | OnSystemStream<WalletEvent>)[];

/** Events that a command may state, with its own refusals only; without a name, none. */
export type Decided<Command extends Refusable = never> = readonly (
  StatedBy<WalletEvent, CodesOf<Refusals, Command>> | OnSystemStream<WalletEvent>
)[];
