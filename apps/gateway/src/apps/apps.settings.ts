import { wholeNumber } from '@tokengrid/service';
import { headerNames } from '../passing.settings.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Settings of passing requests on to apps. */
export const appsSettings = {
  appFirstByteMs: wholeNumber(1, 60 * minuteMs)
    .default(5 * minuteMs)
    .describe('time limit of an app for the begin of its answer'),
  appIdleMs: wholeNumber(1, dayMs)
    .default(5 * minuteMs)
    .describe("time limit of an app's answer, or a WebSocket, without a byte"),
  appBodyBytes: wholeNumber(1024, 2 ** 30)
    .default(20 * 2 ** 20)
    .describe('largest body of a request to an app'),
  appRequests: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe('maximum number of running requests and WebSockets to apps'),
  appRequestsPerSubscription: wholeNumber(1, 1_000_000)
    .default(100)
    .describe('maximum number of running requests and WebSockets of one subscription to an app'),
  appForwardedHeaders: headerNames()
    .default([])
    .describe('headers that go on to apps beside the usual ones, and those that begin with x-app-, mcp-, a2a- and ce-'),
  appKeyRotationMs: wholeNumber(30 * minuteMs, 365 * dayMs)
    .default(7 * dayMs)
    .describe('time for which one key signs who calls an app'),
};
