import { ModelServer } from '@tokengrid/infra-local/testing';
import type { Answer, Client } from '../api/client.ts';
import { eventually } from '../api/eventually.ts';
import { buy, type Party, registerOrganization, registerSubscriber, unique } from '../api/parties.ts';
import { Tokengrid } from '../api/tokengrid.ts';

/** µAIT per unit. */
export const unitPrices = { input_tokens: 1n, output_tokens: 2n, images: 500n };
/** µAIT per image. */
export const imagePrice = unitPrices.images;

/** A chat as a test has it answered. */
export interface ChatTold {
  readonly units?: number;
  readonly stream?: boolean;
  /** More directions for the model server. */
  readonly directions?: string;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

/** A whole stack with gateways, and a model that a model server of the test's own serves. */
export class Edge {
  private readonly costs = new Map<number, bigint>();

  private constructor(
    readonly grid: Tokengrid,
    readonly server: ModelServer,
    readonly model: string,
    readonly provider: Party,
  ) {}

  /**
   * Leaves nothing open if it fails.
   * @param instances number of processes of services
   * @param env more settings of all services
   */
  static async open(
    instances: Readonly<Record<string, number>>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Edge> {
    const model = unique('edge');
    const server = new ModelServer({ port: 0, models: [model], firstUnitMs: 0, unitMs: 0 });
    const grid = await Tokengrid.start(instances, {
      ...{ ALLOWED_ENDPOINTS: '*', FORWARDED_HEADERS: 'x-model-server' },
      // Slices that nobody spends come back soon, so that balances are exact.
      SLICE_IDLE_MS: '3000',
      ...env,
    });
    try {
      await server.start();
      return await Edge.onStage(grid, server, model);
    } catch (error) {
      await Promise.all([grid.stop(), server.stop()]);
      throw error;
    }
  }

  /** The model on offer, on a stack that runs. */
  private static async onStage(grid: Tokengrid, server: ModelServer, model: string): Promise<Edge> {
    await grid.openForBusiness();
    const provider = await registerOrganization(grid, 'provider');
    const prices = Object.entries(unitPrices).map(([meter, price]) => ({ meter, unitPrice: String(price) }));
    const offer = { name: model, endpoint: server.url, region: 'cn-east', prices, operatorBps: 500 };
    const registry = grid.at('app-registry');
    // The registry hears of the provider's key meanwhile.
    const { status, body } = await eventually(() => registry.post('/v1/models', provider.key, offer), isAnswered);
    if (status !== 201) throw new Error(`the model was not offered: ${status} ${JSON.stringify(body)}`);
    return new Edge(grid, server, model, provider);
  }

  async close(): Promise<void> {
    await this.grid.stop();
    await this.server.stop();
  }

  /** A subscriber with tokens, whose key all gateways know. */
  async payer(tokens: bigint): Promise<Party> {
    const payer = await registerSubscriber(this.grid);
    await buy(this.grid, payer, tokens);
    await Promise.all(
      this.grid.gateways.map((gateway) => eventually(() => gateway.get('/v1/models', payer.key), isAnswered)),
    );
    return payer;
  }

  /** The request of a chat. */
  request(
    at: Client,
    { key }: Party,
    { units = 8, stream = false, directions, signal, idempotencyKey }: ChatTold = {},
  ): Promise<Response> {
    return fetch(`${at.address}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'x-model-server': [`units=${units}`, ...(directions === undefined ? [] : [directions])].join(', '),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify({
        model: this.model,
        stream,
        max_tokens: units,
        messages: [{ role: 'user', content: 'say' }],
      }),
      ...(signal && { signal }),
    });
  }

  /** A chat that is answered as a whole. */
  async chat(at: Client, payer: Party, told: ChatTold = {}): Promise<Answer> {
    const response = await this.request(at, payer, told);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: bodyOf(text) };
  }

  /** What a chat of so many units costs, found by one of them. */
  async costOfChat(units: number): Promise<bigint> {
    if (!this.costs.has(units)) {
      const answer = await this.chat(this.grid.gateways[0]!, await this.payer(1_000_000n), { units });
      this.costs.set(units, this.costOf(answer));
    }
    return this.costs.get(units)!;
  }

  /** What a whole answer costs by its usage. */
  costOf({ body }: Answer): bigint {
    const { prompt_tokens: input, completion_tokens: output } = body['usage'] as Readonly<Record<string, number>>;
    return BigInt(input!) * unitPrices.input_tokens + BigInt(output!) * unitPrices.output_tokens;
  }

  /** µAIT charged for the first thousand requests of a payer, as the gateway lists them. */
  async spentBy({ key }: Party): Promise<bigint> {
    const { body } = await this.grid.gateways[0]!.get('/v1/requests?limit=1000', key);
    const requests = body['data'] as readonly { readonly tokens?: string }[];
    return requests.reduce((sum, { tokens = '0' }) => sum + BigInt(tokens), 0n);
  }

  /** Balances of a payer's wallet, in µAIT. */
  async balances({ walletId, key }: Party): Promise<{ readonly available: bigint; readonly held: bigint }> {
    const { body } = await this.grid.at('wallet').get(`/v1/wallets/${walletId}`, key);
    return { available: BigInt(String(body['available'])), held: BigInt(String(body['held'])) };
  }

  /** Available µAIT of a payer, once none are in slices any more. */
  async settled(payer: Party): Promise<bigint> {
    const { walletId, key } = payer;
    const wallet = () => this.grid.at('wallet').get(`/v1/wallets/${walletId}`, key);
    const { body } = await eventually(wallet, ({ body: { held } }) => held === '0', 40_000);
    return BigInt(String(body['available']));
  }
}

const isAnswered = ({ status }: Answer): boolean => status !== 401 && status !== 503;

function bodyOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
