import { documentedRequests, runAlone } from '@tokengrid/service/testing';
import { settlementConfig } from '../config.ts';
import { SettlementModule } from '../settlement.module.ts';

documentedRequests(() => runAlone({ name: 'settlement', module: SettlementModule, config: settlementConfig }));
