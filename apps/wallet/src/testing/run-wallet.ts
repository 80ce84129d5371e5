import type { BudgetedKey } from '@tokengrid/service';
import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { checkReceipt, operatorPartyId, receiptKey, walletIdOf } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import { everyScope, newId, scopes, type RunningService } from '@tokengrid/service';
import {
  type Answered,
  type Caller as AnyCaller,
  type Ground,
  type Life,
  openGround as openAnyGround,
  operatorApiKey,
  type SomeSettings,
  startOn,
  TestedService,
} from '@tokengrid/service/testing';
import { walletConfig } from '../config.ts';
import { openWallet } from '../decisions/wallets/open-wallet.ts';
import { WalletModule } from '../wallet.module.ts';
import { Wallets } from '../streams/wallets.ts';

export type { Answered, Ground };

const approverApiKey = 'tg_approver_specimen';

/** A caller: the operator, or a party with a wallet and every scope. */
export interface Caller extends AnyCaller {
  readonly walletId: string;
}

/**
 * The wallet over HTTP on a Postgres of its own. The log is in memory without readers: specs call
 * policies themselves.
 */
export class RunningWallet extends TestedService {
  override readonly operator: Caller = { secret: operatorApiKey, partyId: operatorPartyId, walletId: '' };
  /** The operator's second person, with a key of its own. */
  readonly approver: Caller = { ...this.operator, secret: approverApiKey };

  constructor(
    service: RunningService,
    private readonly ground: Ground,
    close: () => Promise<void>,
  ) {
    super(service, 'wallet', close);
  }

  /** Registers a party and opens its wallet. Its key has every scope, unless `may` names some. */
  async party(may: readonly string[] = scopes): Promise<Caller> {
    const partyId = newId('org');
    const walletId = walletIdOf(partyId);
    const { secret } = this.key({ partyId, walletId }, [], may);
    const opening = { walletId, partyId, partyKind: 'developer' } as const;
    await this.instance(Wallets).handle(openWallet, someCommand(walletId, opening));
    return { secret, partyId, walletId };
  }

  /**
   * Gives a party, or the operator, another key.
   * @param from its ancestors, the requesting key first; each of them is another person
   * @param budgeted keys of its line that have budgets
   */
  key(
    { partyId, walletId }: Omit<Caller, 'secret'>,
    from: readonly string[] = [],
    may: readonly string[] = scopes,
    budgeted: readonly BudgetedKey[] = [],
  ): Caller & { readonly keyId: string } {
    const [secret, keyId] = [newId('secret'), newId('key')];
    const lineage = { people: [keyId, ...from], line: [keyId, ...from], limited: [], budgeted };
    const partyKind = partyId === operatorPartyId ? 'operator' : 'developer';
    this.ground.keys.add(secret, { keyId, partyId, partyKind, lineage, scopes: may });
    return { secret, partyId, walletId, keyId };
  }

  put(path: string, body: unknown): Promise<Answered> {
    return this.call(this.operator, 'PUT', path, body);
  }

  /** Request of a party to its own wallet. */
  post(who: Caller, action: string, body: unknown, key?: string): Promise<Answered> {
    return this.call(who, 'POST', `/v1/wallets/${who.walletId}/${action}`, body, key);
  }

  buy(who: Caller, tokens: string, key?: string): Promise<Answered> {
    return this.post(who, 'purchases', { tokens, method: 'carrier-bill' }, key);
  }

  /** A transferable grant of a plan that never expires, unless `terms` say otherwise. */
  grant(to: Caller, terms: object): Promise<Answered> {
    const body = { source: 'plan', transferable: true, ...terms };
    return this.call(this.operator, 'POST', `/v1/wallets/${to.walletId}/grants`, body);
  }

  /** Public keys of receipts. */
  async receiptKeys() {
    const { body } = await this.get(undefined, '/v1/receipts/keys');
    return (body['keys'] as unknown[]).map((key) => receiptKey.parse(key));
  }

  /** Faults of a receipt, as anybody finds them who has it and the public keys. */
  async receiptFaults(who: Caller, receiptId: string): Promise<readonly string[]> {
    const response = await fetch(`${this.url}/v1/receipts/${receiptId}`, {
      headers: { authorization: `Bearer ${who.secret}` },
    });
    return (await checkReceipt(await response.text(), await this.receiptKeys())).faults;
  }

  async availableOf(who: Caller): Promise<unknown> {
    return (await this.get(who, `/v1/wallets/${who.walletId}`)).body['available'];
  }
}

/** Matcher of an id with a prefix. */
export const someId = (prefix: string): unknown =>
  expect.stringMatching(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));

/** A command with only a stream and data. */
export const someCommand = <Data>(streamId: string, data: Data): Command<Data> => ({
  id: randomUUID(),
  streamId,
  data,
  correlationId: 'spec',
  actor: 'spec',
});

/** Ground of a wallet, on which the operator's second person has a key. */
export async function openGround(): Promise<Ground> {
  const ground = await openAnyGround('wallet');
  const approver = { keyId: 'key_approver', partyId: operatorPartyId, partyKind: 'operator' } as const;
  ground.keys.add(approverApiKey, { ...approver, scopes: [everyScope] });
  return ground;
}

/** Starts one process of the wallet; closing it leaves the ground open. */
export async function startWallet(ground: Ground, { settings, clock }: Life = {}): Promise<RunningWallet> {
  const service = await startOn(
    ground,
    { name: 'wallet', module: WalletModule, config: walletConfig },
    { settings: { RECEIPT_SIGNING_KEY: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', ...settings }, clock },
  );
  return new RunningWallet(service, ground, () => service.close());
}

/** One process on a ground of its own, which closes with it. @param settings beside the defaults */
export async function runWallet(settings: SomeSettings = {}): Promise<RunningWallet> {
  const ground = await openGround();
  const { service, close } = await startWallet(ground, { settings });
  return new RunningWallet(service, ground, async () => {
    await close();
    await ground.close();
  });
}
