import { Body, Controller, Get, Injectable, Param, Post, Query } from '@nestjs/common';
import { amount, catalogue, event, positiveAmount } from '@tokengrid/contracts';
import type { EventOf } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import type { Outcome, Streams } from '@tokengrid/event-store';
import type { Aggregate } from '@tokengrid/kernel';
import { z } from 'zod';
import {
  Accepted,
  Authenticated,
  Batch,
  BatchAnswer,
  BatchBodies,
  batchIdempotencyKey,
  Caller,
  Incoming,
  notFound,
  OperatorOnly,
  problem,
  Public,
  Refuses,
  Requires,
  Responds,
  RespondsCsvToo,
  ServiceModule,
} from '../index.ts';
import type { Answers, CommandBatch, IncomingCommand, MemberAnswer, Principal, ServiceApi } from '../index.ts';
import { Module } from '@nestjs/common';

/** Smallest service that uses everything: jars that hold tokens. Specs run it over HTTP. */
const JarFilled = event(
  'JarFilled',
  'Tokens were put into a jar.',
  z.strictObject({ jarId: z.string(), tokens: positiveAmount, memo: z.string().optional() }),
);
const JarEmptied = event('JarEmptied', 'Tokens were taken.', z.strictObject({ jarId: z.string(), tokens: amount }));
const JarRefused = event(
  'JarRefused',
  'More was asked of a jar than it holds.',
  z.strictObject({ code: z.string(), available: amount, required: amount }),
);
const LaneNoticed = event('LaneNoticed', 'The lane noticed.', z.strictObject({}));

const jarEvents = [JarFilled, JarEmptied, JarRefused, LaneNoticed] as const;
type JarEvent = EventOf<(typeof jarEvents)[number]>;
export const jarCatalogue = catalogue('jars', jarEvents);

interface Jar {
  readonly tokens: bigint;
}

const jar: Aggregate<Jar, JarEvent> = {
  name: 'jar',
  stateVersion: 1,
  initial: { tokens: 0n },
  evolve: (state, { type, data }) => {
    switch (type) {
      case 'JarFilled':
        return { tokens: state.tokens + data.tokens };
      case 'JarEmptied':
        return { tokens: state.tokens - data.tokens };
      case 'JarRefused':
      case 'LaneNoticed':
        return state;
    }
  },
};

interface Tokens {
  readonly jarId: string;
  readonly tokens: bigint;
  readonly memo?: string | undefined;
}

function fillJar(_jar: Jar, { jarId, tokens, memo }: Tokens): readonly JarEvent[] {
  return [LaneNoticed({}), JarFilled({ jarId, tokens, ...(memo !== undefined && { memo }) })];
}

function emptyJar({ tokens: available }: Jar, { jarId, tokens }: Tokens): readonly JarEvent[] {
  if (available < tokens) return [JarRefused({ code: 'JAR.INSUFFICIENT_TOKENS', available, required: tokens })];
  return [JarEmptied({ jarId, tokens })];
}

const answers: Answers<JarEvent> = {
  JarFilled: ({ data, id }) => ({ status: 201, body: { jarId: data.jarId, tokens: data.tokens, eventId: id } }),
  JarEmptied: ({ data }) => ({ status: 200, body: data }),
  JarRefused: ({ data: { code, available, required } }) =>
    problem(409, code, `insufficient tokens: ${available} µAIT in the jar`, { available, required }),
  LaneNoticed: 'silent',
};

@Injectable()
class Jars {
  readonly handle: Streams<Jar, JarEvent, undefined>['handle'];
  readonly load: Streams<Jar, JarEvent, undefined>['load'];

  constructor(store: EventStore<JarEvent, undefined>) {
    const streams = store.streams(jar);
    this.handle = streams.handle;
    this.load = streams.load;
  }
}

/** Sealed jars: found by a look-up before a command is sent. */
@Injectable()
export class SealedJars {
  readonly ids = new Set<string>();

  /** @throws ProblemError 404 */
  mustBeOpen(jarId: string): void {
    if (this.ids.has(jarId)) throw notFound(`no such jar of yours: ${jarId}`);
  }
}

const FillRequest = z.strictObject({ tokens: positiveAmount, memo: z.string().max(40).optional() });
type FillRequest = z.output<typeof FillRequest>;
const FillAnswer = z
  .strictObject({ jarId: z.string(), tokens: amount, eventId: z.string() })
  .meta({ id: 'FillAnswer' });
const JarView = z.strictObject({ jarId: z.string(), tokens: amount }).meta({ id: 'Jar' });
const FillManyRequest = z.strictObject({
  commands: z.array(z.strictObject({ idempotencyKey: batchIdempotencyKey, jarId: z.string(), body: FillRequest })),
});
const ManyRequest = z.strictObject({ notes: z.array(z.string().meta({ example: 'a note' })) });
const ListQuery = z.strictObject({ color: z.enum(['red', 'blue']).optional() });

const api: ServiceApi = {
  about: 'Jars that hold tokens.',
  resources: {
    jars: 'Jars',
    fillings: 'What is put in',
    notes: 'Notes',
    'open-jar': 'The open jar, for everyone',
    labels: 'Labels',
    whoami: 'Callers',
    broken: 'Breakdowns',
  },
  terms: {
    jarId: { description: 'Id of the jar', example: 'jar_1' },
    tokens: { description: 'Tokens in µAIT', example: '1250000' },
    eventId: { description: 'Id of the event', example: 'jars/0/1' },
    memo: { description: 'Text of the sender', example: 'for tea' },
    color: { description: 'Color of the jar', example: 'red' },
  },
};

@Controller()
class JarsController {
  constructor(
    private readonly jars: Jars,
    private readonly sealed: SealedJars,
  ) {}

  /** Puts tokens into a jar. The first filling creates the jar. */
  @Post('v1/jars/:jarId/fillings')
  @Requires('wallet:transfers:write')
  @Responds(201, FillAnswer)
  async fillJar(
    @Param('jarId') jarId: string,
    @Body({ schema: FillRequest }) body: FillRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<JarEvent>> {
    this.sealed.mustBeOpen(jarId);
    return this.jars.handle(fillJar, incoming.to(jarId, { jarId, ...body }));
  }

  /** Takes tokens out of a jar. The balance of a jar is never negative. */
  @Post('v1/jars/:jarId/emptyings')
  @Requires('wallet:transfers:write')
  @Refuses('WALLET.INSUFFICIENT_TOKENS')
  @Responds(200, JarView)
  emptyJar(
    @Param('jarId') jarId: string,
    @Body({ schema: FillRequest }) body: FillRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<JarEvent>> {
    return this.jars.handle(emptyJar, incoming.to(jarId, { jarId, ...body }));
  }

  /** Puts tokens into the open jar. No key is needed. */
  @Post('v1/open-jar')
  @Public()
  @Responds(201, FillAnswer)
  fillOpenJar(
    @Body({ schema: FillRequest }) body: FillRequest,
    @Incoming() incoming: IncomingCommand,
  ): Promise<Outcome<JarEvent>> {
    return this.jars.handle(fillJar, incoming.to('open', { jarId: 'open', ...body }));
  }

  /** Gets a jar. 404 for an empty jar. */
  @Get('v1/jars/:jarId')
  @Requires('wallet:balances:read')
  @Responds(200, JarView)
  async getJar(@Param('jarId') jarId: string): Promise<z.output<typeof JarView>> {
    const { tokens } = await this.jars.load(jarId);
    if (tokens === 0n) throw notFound(`no such jar: ${jarId}`);
    return { jarId, tokens };
  }

  /** Lists jars. The query comes back as the answer. */
  @Get('v1/jars')
  @Authenticated()
  @Responds(200)
  listJars(@Query({ schema: ListQuery }) query: z.output<typeof ListQuery>): unknown {
    return query;
  }

  /** Lists labels. The media type comes back as the answer. */
  @Get('v1/labels')
  @Authenticated()
  @Responds(200)
  @RespondsCsvToo()
  listLabels(@Accepted() accepted: string): { readonly accepted: string } {
    return { accepted };
  }

  /** Tells who calls. The principal comes back as it is. */
  @Get('v1/whoami')
  @Authenticated()
  @Responds(200)
  tellCaller(@Caller() caller: Principal): Principal {
    return caller;
  }

  /** Breaks down. The cause is never told. */
  @Get('v1/broken')
  @OperatorOnly()
  @Responds(200)
  breakDown(): never {
    throw new Error('SECRET of the inside');
  }

  /** Fills many jars. Each filling is taken as its own route takes it. */
  @Post('v1/fillings::batch')
  @Authenticated()
  @Responds(200, BatchAnswer)
  async fillJars(
    @Body({ schema: FillManyRequest }) { commands }: z.output<typeof FillManyRequest>,
    @Batch() batch: CommandBatch,
  ): Promise<{ readonly outcomes: readonly MemberAnswer[] }> {
    const outcomes = commands.map(({ idempotencyKey, jarId, body }, index) => {
      const path = `/v1/jars/${jarId}/fillings`;
      const member = { idempotencyKey, path, scope: 'wallet:transfers:write', body: batch.bodyOf(index) } as const;
      return batch.answer(member, async (incoming) => {
        this.sealed.mustBeOpen(jarId);
        return this.jars.handle(fillJar, incoming.to(jarId, { jarId, ...body }));
      });
    });
    return { outcomes: await Promise.all(outcomes) };
  }

  /** Counts notes. Many of them fit into one body. */
  @Post('v1/notes::batch')
  @Authenticated()
  @BatchBodies()
  @Responds(200)
  countNotes(@Body({ schema: ManyRequest }) { notes }: z.output<typeof ManyRequest>): { readonly count: number } {
    return { count: notes.length };
  }
}

@Module({
  imports: [ServiceModule.with<JarEvent>({ catalogue: jarCatalogue, answers, api })],
  controllers: [JarsController],
  providers: [Jars, SealedJars],
})
export class JarsModule {}
