import { typeId } from '@tokengrid/contracts';
import { batchIdempotencyKey } from '@tokengrid/service';
import { z } from 'zod';
import { CaptureRequest, HoldRequest } from '../holds/holds.requests.ts';
import { PurchaseRequest } from '../purchases/purchases.requests.ts';
import { TransferRequest } from '../transfers/transfers.requests.ts';

/** Maximum number of commands in one batch: as many as a lane takes in one transaction. */
const maxCommands = 1000;

const holdId = typeId('hld').meta({ description: "in the path of the command's own route, not in its body" });

const command = { idempotencyKey: batchIdempotencyKey, walletId: typeId('wal') };

/** One command of a batch; each type has the body of its own route. */
export const BatchedCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ ...command, type: z.literal('transfer'), body: TransferRequest }),
    z.strictObject({ ...command, type: z.literal('purchase'), body: PurchaseRequest }),
    z.strictObject({ ...command, type: z.literal('hold'), body: HoldRequest }),
    z.strictObject({
      ...command,
      type: z.literal('capture'),
      body: CaptureRequest.extend({ holdId }).meta({ id: 'BatchedCapture' }),
    }),
    z.strictObject({
      ...command,
      type: z.literal('release'),
      body: z.strictObject({ holdId }).meta({ id: 'BatchedRelease' }),
    }),
  ])
  .meta({ id: 'BatchedCommand' });
export type BatchedCommand = z.output<typeof BatchedCommand>;

/** An invalid command of a batch. */
export class Misshapen {
  constructor(readonly sent: unknown) {}
}

/** An invalid command does not spoil the batch: it is answered 400 in its own place. */
export const CommandBatchRequest = z
  .strictObject({
    commands: z
      .array(z.union([BatchedCommand, z.unknown().transform((sent) => new Misshapen(sent))]))
      .min(1)
      .max(maxCommands),
  })
  .meta({
    id: 'CommandBatchRequest',
    description: 'an invalid `BatchedCommand` is answered 400 in its own place, and does not stop the others',
  });
export type CommandBatchRequest = z.output<typeof CommandBatchRequest>;
