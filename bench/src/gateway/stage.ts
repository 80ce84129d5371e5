import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessGroups } from '../stack/cpu-time.ts';
import { fund, offerModel, type Payer, registerPayers } from '../stack/market.ts';
import { onServiceStack } from '../stack/service-stack.ts';

/** Tokens of every payer in µAIT: enough for any run. */
const opening = 1_000_000_000_000n;
const lanes = 6;
const prices = { input_tokens: '1.5', output_tokens: '4' };

/** All services, a provider's server, and funded payers. */
export interface Stage {
  /** Base address of the provider's server. */
  readonly upstream: string;
  readonly gateway: string;
  readonly metering: string;
  readonly operatorKey: string;
  readonly payers: readonly Payer[];
  readonly model: string;
  readonly processes: ProcessGroups;
  stop(): Promise<void>;
}

/** Starts everything; stops what it had started if that fails. */
export function openStage(payerCount: number, nodeArguments: readonly string[]): Promise<Stage> {
  return onServiceStack(async ({ postgres, kafka, operatorKey, stop, start: started }) => {
    const start = (name: string, more: Readonly<Record<string, string>> = {}, args?: readonly string[]) =>
      started({ name, environment: { LANES: String(lanes), ...more }, ...(args && { nodeArguments: args }) });
    const server = fork(fileURLToPath(new URL('upstream.js', import.meta.url)), { stdio: 'inherit' });
    const [port] = (await once(server, 'message')) as [number];
    const upstream = `http://127.0.0.1:${port}/v1`;
    const allowed = { ALLOWED_ENDPOINTS: new URL(upstream).origin };
    const identity = await start('identity');
    const registry = await start('app-registry', allowed);
    const [wallet, metering, settlement] = [await start('wallet'), await start('metering'), await start('settlement')];
    const gateway = await start('gateway', allowed, nodeArguments);
    const payers = await registerPayers(identity.url, operatorKey, payerCount);
    const partyIds = payers.map(({ partyId }) => partyId);
    await fund(wallet.url, operatorKey, partyIds, opening);
    const model = await offerModel(identity.url, registry.url, operatorKey, { endpoint: upstream, prices });
    return {
      ...{ upstream, gateway: gateway.url, metering: metering.url, operatorKey, payers, model },
      processes: {
        gateway: [gateway.child.pid!],
        metering: [metering.child.pid!],
        wallet: [wallet.child.pid!],
        settlement: [settlement.child.pid!],
        Postgres: postgres.pids(),
        Kafka: kafka.pids(),
        upstream: [server.pid!],
      },
      stop: async () => {
        server.disconnect();
        await stop();
      },
    };
  });
}
