import { documentedRequests } from '@tokengrid/service/testing';
import { runAppRegistry } from '../testing/run-app-registry.ts';

documentedRequests(() => runAppRegistry());
