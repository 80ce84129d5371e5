import { appRegistry } from './app-registry.ts';
import { audit } from './audit.ts';
import { breakdowns } from './breakdowns.ts';
import { commandLine } from './command-line.ts';
import { everyService } from './every-service.ts';
import { identity } from './identity.ts';
import { idle } from './idle.ts';
import { lostKeys } from './lost-keys.ts';
import { metering } from './metering.ts';
import { oauth } from './oauth.ts';
import { onboarding } from './onboarding.ts';
import { onOneStack } from './on-one-stack.ts';
import { quotes } from './quotes.ts';
import { settlement } from './settlement.ts';
import { subscriptions } from './subscriptions.ts';
import { suspensions } from './suspensions.ts';
import { thieves } from './thieves.ts';
import { wallet } from './wallet.ts';

onOneStack({
  'every service': everyService,
  identity,
  'access tokens': oauth,
  'the audit': audit,
  'subscribers in batches': onboarding,
  'the wallet': wallet,
  'the app registry': appRegistry,
  subscriptions,
  quotes,
  metering,
  suspensions,
  settlement,
  'the command line': commandLine,
  'restoring identity': lostKeys,
  'when parts break': breakdowns,
  thieves,
  'an idle stack': idle,
});
