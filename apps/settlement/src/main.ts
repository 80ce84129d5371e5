import { startService } from '@tokengrid/service';
import { settlementConfig } from './config.ts';
import { SettlementModule } from './settlement.module.ts';

await startService({ name: 'settlement', module: SettlementModule, config: settlementConfig });
