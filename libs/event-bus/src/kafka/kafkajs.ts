/**
 * Everything used from kafkajs (2.2.4, the last release, pinned): connections with framing, TLS,
 * SASL and time limits, the rare requests, and the error table. No other file imports it.
 *
 * Its producer and consumer are not used. The consumer can't be assigned partitions by hand, and
 * its groups stall the partitions of a dead process, where leases in Postgres decide here. The
 * producer's encoder takes several times the CPU of `encodeRecordBatches`, which would limit the
 * relay.
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

/** Stock client, not used at run time: specs publish and consume with it, for compatibility. */
export const StockKafka = kafkajs.Kafka;
