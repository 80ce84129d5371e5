import { Body, Controller, Post } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';
import {
  Authenticated,
  Batch,
  BatchAnswer,
  BatchBodies,
  Caller,
  type CommandBatch,
  type MemberAnswer,
  type Principal,
  Responds,
  type Scope,
} from '@tokengrid/service';
import { HoldCommands } from '../holds/holds.commands.ts';
import { PurchaseCommands } from '../purchases/purchases.commands.ts';
import type { Ready } from '../ready.ts';
import { TransferCommands } from '../transfers/transfers.commands.ts';
import { BatchedCommand, CommandBatchRequest, Misshapen } from './batches.requests.ts';

type CommandType = BatchedCommand['type'];
type CommandOf<Type extends CommandType> = Extract<BatchedCommand, { readonly type: Type }>;

/** Type-specific part of a command. */
interface Kind<Type extends CommandType> {
  /** Scope of its own route. */
  readonly scope: Scope;
  /** Path of its own route. */
  path(command: CommandOf<Type>): string;
  /** Body for its own route, if it differs from the one in the batch. */
  bodyOf?(sent: unknown): unknown;
  /** Looks up the facts that the decision needs. */
  prepare(caller: Principal, command: CommandOf<Type>): Promise<Ready>;
  /**
   * True if it may come to its lane again, behind later ones; those of its wallet wait until it is
   * decided.
   */
  readonly mayComeAgain?: true;
}

/** Batches of commands. */
@Controller('v1')
export class BatchesController {
  private readonly kinds: { readonly [Type in CommandType]: Kind<Type> };

  constructor(transfers: TransferCommands, purchases: PurchaseCommands, holds: HoldCommands) {
    this.kinds = {
      transfer: {
        scope: 'wallet:transfers:write',
        path: ({ walletId }) => `/v1/wallets/${walletId}/transfers`,
        prepare: (caller, { walletId, body }) => transfers.send(caller, walletId, body),
      },
      purchase: {
        scope: 'wallet:purchases:write',
        path: ({ walletId }) => `/v1/wallets/${walletId}/purchases`,
        prepare: (caller, { walletId, body }) => purchases.purchase(caller, walletId, body),
        // If its lane is short of capacity.
        mayComeAgain: true,
      },
      hold: {
        scope: 'wallet:holds:write',
        path: ({ walletId }) => `/v1/wallets/${walletId}/holds`,
        prepare: (caller, { walletId, body }) => holds.place(caller, walletId, body),
      },
      capture: {
        scope: 'wallet:holds:write',
        path: ({ body: { holdId } }) => `/v1/holds/${holdId}/captures`,
        bodyOf: withoutHoldId,
        prepare: (caller, { walletId, body: { holdId, ...capture } }) =>
          holds.capture(caller, holdId, capture, walletId),
      },
      release: {
        scope: 'wallet:holds:write',
        path: ({ body: { holdId } }) => `/v1/holds/${holdId}/release`,
        bodyOf: () => undefined,
        prepare: (caller, { walletId, body: { holdId } }) => holds.release(caller, holdId, walletId),
      },
    };
  }

  /**
   * Submits up to 1,000 commands, each answered by itself in the order sent. A command here is the
   * same as on its own route: it needs that route's scope, and its own key in place of the header
   * Idempotency-Key.
   *
   * Commands of one wallet are decided in the order sent. The id of a hold stands in the body as
   * `holdId`.
   */
  @Post('commands::batch')
  @Authenticated()
  @BatchBodies()
  @Responds(200, BatchAnswer)
  async submitCommands(
    @Body({ schema: CommandBatchRequest }) { commands }: CommandBatchRequest,
    @Caller() caller: Principal,
    @Batch() batch: CommandBatch,
  ): Promise<{ readonly outcomes: readonly MemberAnswer[] }> {
    const ready = await Promise.allSettled(commands.map((command) => this.prepare(caller, command)));
    const turns = new Turns();
    const outcomes = commands.map(async (command, index) => {
      if (command instanceof Misshapen) return misshapen(batch, index, command);
      return this.submit(batch, index, command, turns, () => resultOf(ready[index]!));
    });
    return { outcomes: await Promise.all(outcomes) };
  }

  private async prepare(caller: Principal, command: BatchedCommand | Misshapen): Promise<Ready | undefined> {
    return command instanceof Misshapen ? undefined : this.kindOf(command).prepare(caller, command);
  }

  private submit(
    batch: CommandBatch,
    index: number,
    command: BatchedCommand,
    turns: Turns,
    ready: () => Ready,
  ): Promise<MemberAnswer> {
    const { idempotencyKey, walletId } = command;
    const { scope, path, mayComeAgain, bodyOf = asSent } = this.kindOf(command);
    const member = { idempotencyKey, scope, path: path(command), body: bodyOf(batch.bodyOf(index)) };
    return batch.answer(member, (incoming) => turns.take(walletId, mayComeAgain, () => ready()(incoming)));
  }

  private kindOf(command: BatchedCommand): Kind<CommandType> {
    return this.kinds[command.type] as Kind<CommandType>;
  }
}

const asSent = (body: unknown): unknown => body;

function withoutHoldId(sent: unknown): unknown {
  const { holdId: _, ...body } = sent as { readonly holdId: unknown };
  return body;
}

function resultOf(settled: PromiseSettledResult<Ready | undefined>): Ready {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value!;
}

function misshapen(batch: CommandBatch, index: number, { sent }: Misshapen): MemberAnswer {
  return batch.misshapen(index, sent, BatchedCommand.safeParse(sent).error?.issues ?? []);
}

/**
 * Keeps the commands of each wallet in the order sent. Lanes do so, except for commands that come
 * again.
 */
class Turns {
  private readonly before = new Map<string, Promise<unknown>>();

  async take(
    walletId: string,
    mayComeAgain: true | undefined,
    submit: () => Promise<Outcome<WalletEvent>>,
  ): Promise<Outcome<WalletEvent>> {
    const before = this.before.get(walletId);
    const outcome = before ? before.then(submit) : submit();
    if (mayComeAgain)
      this.before.set(
        walletId,
        outcome.catch(() => undefined),
      );
    return outcome;
  }
}
