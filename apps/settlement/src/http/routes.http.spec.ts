import { walkRoutes } from '@tokengrid/service/testing';
import { settlementConfig } from '../config.ts';
import { SettlementModule } from '../settlement.module.ts';

walkRoutes({ name: 'settlement', module: SettlementModule, config: settlementConfig });
