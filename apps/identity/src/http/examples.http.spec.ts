import { documentedRequests } from '@tokengrid/service/testing';
import { runIdentity } from '../testing/run-identity.ts';

documentedRequests(() => runIdentity());
