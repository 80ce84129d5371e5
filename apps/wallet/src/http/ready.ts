import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';

/** A command with everything looked up: it is in its lane's queue when this returns. */
export type Ready = (incoming: IncomingCommand) => Promise<Outcome<WalletEvent>>;
