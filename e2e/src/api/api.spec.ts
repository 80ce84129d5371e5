import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { appRegistry } from './app-registry.ts';
import { breakdowns } from './breakdowns.ts';
import { commandLine } from './command-line.ts';
import { everyService } from './every-service.ts';
import { identity } from './identity.ts';
import { lostKeys } from './lost-keys.ts';
import { metering } from './metering.ts';
import { quotes } from './quotes.ts';
import { settlement } from './settlement.ts';
import { subscriptions } from './subscriptions.ts';
import { suspensions } from './suspensions.ts';
import { thieves } from './thieves.ts';
import { Tokengrid } from './tokengrid.ts';
import { wallet } from './wallet.ts';

/** One stack for all of these: starting one takes longer than most tests on it. */
let started: Tokengrid;
const grid = () => started;

jest.setTimeout(120_000);

beforeAll(async () => {
  started = await Tokengrid.start({ metering: 2 });
  await started.openForBusiness();
}, 240_000);
afterAll(() => started.stop(), 60_000);

describe('every service', () => everyService(grid));
describe('identity', () => identity(grid));
describe('the wallet', () => wallet(grid));
describe('the app registry', () => appRegistry(grid));
describe('subscriptions', () => subscriptions(grid));
describe('quotes', () => quotes(grid));
describe('metering', () => metering(grid));
describe('suspensions', () => suspensions(grid));
describe('settlement', () => settlement(grid));
describe('the command line', () => commandLine(grid));
describe('restoring identity', () => lostKeys(grid));
describe('when parts break', () => breakdowns(grid));
describe('thieves', () => thieves(grid));
