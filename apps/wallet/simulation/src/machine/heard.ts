import type {
  EventOf,
  OrganizationRegistered,
  PartySuspended,
  PartyReinstated,
  UsageRated,
  StatementMade,
  WalletEvent,
} from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';

/** Events of other services. */
export type Foreign = EventOf<
  | typeof OrganizationRegistered
  | typeof PartySuspended
  | typeof PartyReinstated
  | typeof UsageRated
  | typeof StatementMade
>;
export type Heard = Recorded<WalletEvent | Foreign>;
