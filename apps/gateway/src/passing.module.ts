import { type DynamicModule, Module, type ModuleMetadata, type OnApplicationShutdown } from '@nestjs/common';
import { EventStore, StorageClock } from '@tokengrid/event-store';
import { serviceConfig, serviceLog, Tracing } from '@tokengrid/service';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { GatewayConfig } from './config.ts';
import { TokenCounter } from './counting/token-counter.ts';
import { MasterKey } from './credentials/master-key.ts';
import { AnthropicController } from './http/models/anthropic.controller.ts';
import { ImagesController } from './http/models/images.controller.ts';
import { OpenAiController } from './http/models/openai.controller.ts';
import { ModelRequests } from './http/models/model-requests.ts';
import { KeptAnswers } from './replays/kept-answers.ts';
import { ReplaySweep } from './replays/replay-sweep.ts';
import { LostAnswers } from './replays/lost-answers.ts';
import { type ReplayParts, Replays } from './replays/replays.ts';
import { AnswerSeals } from './replays/sealed-answer.ts';
import { Counting } from './serving/counting.ts';
import { Purse } from './serving/purse.ts';
import { Routes } from './serving/routes.ts';
import { LimitsModule } from './limits/limits.module.ts';
import { Serving } from './serving/serving.ts';
import { ServingProcess } from './serving/serving-process.ts';
import { Connections } from './upstream/connections.ts';
import { ImageTasks } from './tasks/image-tasks.ts';
import { KeptTasks } from './tasks/kept-tasks.ts';
import { RunningTasks } from './tasks/running-tasks.ts';
import { Upstreams } from './upstream/upstreams.ts';

/** Maximum size of an event of a provider's stream, in bytes. */
const mostEventBytes = 8 * 2 ** 20;
/** Token of the parts of replays. */
const replayParts = Symbol('replay parts');
/** Maximum size of an answer that is kept for repeats, in bytes. */
const mostKeptBytes = 2 ** 20;

/** From a caller's request to a provider and back. */
@Module({})
export class PassingModule implements OnApplicationShutdown {
  constructor(
    private readonly upstreams: Upstreams,
    private readonly counter: TokenCounter,
  ) {}

  /** @param imports modules that export `Purse`, `Routes`, `Connections` and `ServingProcess` */
  static with(...imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: PassingModule,
      imports: [...imports, LimitsModule],
      controllers: [OpenAiController, ImagesController, AnthropicController],
      providers: [...parts, ...replayProviders, ...taskProviders, ModelRequests],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.upstreams.close(), this.counter.close()]);
  }
}

const parts = [
  {
    provide: Upstreams,
    inject: [Connections, serviceConfig],
    useFactory: ({ connect }: Connections, { upstreamConnections, upstreamOrigins }: GatewayConfig) =>
      new Upstreams(connect, { mostCallsPerOrigin: upstreamConnections, mostOrigins: upstreamOrigins }),
  },
  {
    provide: TokenCounter,
    inject: [serviceConfig],
    useFactory: ({ tokenizerPackages, countTimeoutMs, maxWaitingCounts }: GatewayConfig) =>
      new TokenCounter(tokenizerPackages ?? {}, { timeoutMs: countTimeoutMs, mostWaiting: maxWaitingCounts }),
  },
  {
    provide: Counting,
    inject: [Routes, TokenCounter],
    useFactory: (routes: Routes, counter: TokenCounter) => new Counting(routes, counter),
  },
  {
    provide: Serving,
    inject: [Routes, Purse, Upstreams, TokenCounter, Tracing, serviceLog, serviceConfig],
    useFactory: (
      ...[routes, purse, upstreams, counter, tracing, log, config]: [
        Routes,
        Purse,
        Upstreams,
        TokenCounter,
        Tracing,
        Logger,
        GatewayConfig,
      ]
    ) =>
      new Serving(
        { routes, purse, upstreams, counter, tracing, log },
        {
          firstByteMs: config.upstreamFirstByteMs,
          stallMs: config.upstreamStallMs,
          mostEventBytes,
          mostAnswerBytes: config.maxAnswerBytes,
          commentMs: config.streamCommentMs,
        },
      ),
  },
];

const replayProviders = [
  {
    provide: KeptAnswers,
    inject: [DataSource, serviceConfig],
    useFactory: (database: DataSource, { replayBytesPerPrincipal, replayBytes }: GatewayConfig) =>
      new KeptAnswers(database, { ofHolder: replayBytesPerPrincipal, inAll: replayBytes }),
  },
  {
    provide: replayParts,
    inject: [KeptAnswers, ServingProcess, EventStore, serviceLog, serviceConfig],
    useFactory: (
      ...[kept, process, { lanes }, log, config]: [KeptAnswers, ServingProcess, EventStore, Logger, GatewayConfig]
    ): ReplayParts => {
      const seals = new AnswerSeals(new MasterKey(config.gatewayMasterKey));
      return { kept, seals, process, log, lanes };
    },
  },
  {
    provide: Replays,
    inject: [replayParts, serviceConfig],
    useFactory: (of: ReplayParts, { answerTimeoutMs }: GatewayConfig) =>
      new Replays(of, { waitMs: answerTimeoutMs, mostBytes: mostKeptBytes }),
  },
  {
    provide: LostAnswers,
    inject: [Replays, replayParts],
    useFactory: (replays: Replays, of: ReplayParts) => new LostAnswers(replays, of),
  },
  ReplaySweep,
];

const taskProviders = [
  {
    provide: KeptTasks,
    inject: [DataSource, serviceConfig],
    useFactory: (database: DataSource, { replayBytesPerPrincipal, replayBytes }: GatewayConfig) =>
      new KeptTasks(database, { ofHolder: replayBytesPerPrincipal, inAll: replayBytes }),
  },
  RunningTasks,
  {
    provide: ImageTasks,
    inject: [KeptTasks, RunningTasks, replayParts, StorageClock, serviceConfig],
    useFactory: (
      ...[kept, running, of, clock, { imageTaskBytes }]: [
        KeptTasks,
        RunningTasks,
        ReplayParts,
        StorageClock,
        GatewayConfig,
      ]
    ) => new ImageTasks(kept, running, of, clock, imageTaskBytes),
  },
];
