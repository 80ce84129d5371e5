import { Module } from '@nestjs/common';
import { Purse } from '../serving/purse.ts';
import { ServingProcess } from '../serving/serving-process.ts';
import { Edges } from '../streams/edges.ts';
import { CappedKeys } from './capped-keys.ts';
import { Checkpoints } from './checkpoints.ts';
import { EndedKeys } from './ended-keys.ts';
import { Hearing } from './hearing.ts';
import { ProcessLease } from './process-lease.ts';
import { SlicedPurse } from './sliced-purse.ts';
import { TakeOver } from './take-over.ts';

/** Tokens of payers at this process. */
@Module({
  providers: [
    Edges,
    CappedKeys,
    Checkpoints,
    EndedKeys,
    Hearing,
    ProcessLease,
    TakeOver,
    SlicedPurse,
    { provide: Purse, useExisting: SlicedPurse },
    { provide: ServingProcess, useExisting: ProcessLease },
  ],
  exports: [Purse, ServingProcess],
})
export class SlicesModule {}
