/**
 * All that Tokengrid takes from kafkajs (2.2.4, the last release, pinned): connections with framing, TLS, SASL and time
 * limits, the requests that are rare, and the error table. No other file imports it.
 *
 * Its producer and consumer are not used. The consumer can't be given partitions by hand, and its groups stall the
 * partitions of a process that died, where here a lease in Postgres says who applies a lane. The producer's encoder
 * takes several times the CPU of `encodeRecordBatches`, which would bound what the relay can publish.
 */
/// <reference path="./kafkajs-internals.d.ts" />
import kafkajs from 'kafkajs';
import type { SASLOptions } from 'kafkajs';
import Connection from 'kafkajs/src/network/connection.js';
import type { ConnectionLogger, ProtocolRequest } from 'kafkajs/src/network/connection.js';
import protocolErrors from 'kafkajs/src/protocol/error.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';

export type { ConnectionLogger, ProtocolRequest, SASLOptions };
export { Connection };

export const { requests } = protocol;
export const { createErrorFromCode } = protocolErrors;

/** The stock client. Not used at run time: specs publish and consume with it what ours must read and write. */
export const StockKafka = kafkajs.Kafka;
