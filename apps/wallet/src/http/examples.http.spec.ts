import { documentedRequests } from '@tokengrid/service/testing';
import { runWallet } from '../testing/run-wallet.ts';

documentedRequests(() => runWallet());
