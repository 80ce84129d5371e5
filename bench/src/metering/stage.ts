import type { Postgres } from '@tokengrid/infra-local';
import type { ProcessGroups } from '../stack/cpu-time.ts';
import { fund, offerModel, registerPayers } from '../stack/market.ts';
import { onServiceStack } from '../stack/service-stack.ts';

/** Tokens of every payer in µAIT, enough for any run. */
const opening = 1_000_000_000_000n;
const lanes = 6;

/** Prices of the one model, in µAIT per unit. */
export const prices = { input_tokens: '1.5', output_tokens: '4' };

/** Kafka, Postgres and the services of the chain, with funded payers and one model on offer. */
export interface Stage {
  readonly postgres: Postgres;
  readonly home: string;
  /** Addresses by service. */
  readonly urls: Readonly<Record<'metering' | 'wallet' | 'settlement', string>>;
  readonly operatorKey: string;
  readonly payers: readonly string[];
  readonly model: string;
  readonly processes: ProcessGroups;
  stop(): Promise<void>;
}

/** Starts everything; stops what it had started if that fails. */
export function openStage(payerCount: number, nodeArguments: readonly string[]): Promise<Stage> {
  return onServiceStack(async ({ home, postgres, kafka, operatorKey, stop, start: started }) => {
    const start = (name: string) => started({ name, nodeArguments, environment: { LANES: String(lanes) } });
    const identity = await start('identity');
    const registry = await start('app-registry');
    const [wallet, metering, settlement] = [await start('wallet'), await start('metering'), await start('settlement')];
    const payers = (await registerPayers(identity.url, operatorKey, payerCount)).map(({ partyId }) => partyId);
    await fund(wallet.url, operatorKey, payers, opening);
    const endpoint = 'https://compute.example.com/v1';
    const model = await offerModel(identity.url, registry.url, operatorKey, { endpoint, prices });
    // Nothing registers any more: the chain alone is measured.
    await Promise.all([identity.stop(), registry.stop()]);
    return {
      ...{ postgres, home, operatorKey, payers, model, stop },
      urls: { metering: metering.url, wallet: wallet.url, settlement: settlement.url },
      processes: {
        metering: [metering.child.pid!],
        wallet: [wallet.child.pid!],
        settlement: [settlement.child.pid!],
        Postgres: postgres.pids(),
        Kafka: kafka.pids(),
      },
    };
  });
}
