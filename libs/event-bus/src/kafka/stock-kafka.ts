/**
 * Stock client, for specs that act on a broker as outsiders, and for their runner; no service
 * imports it.
 */
export { StockKafka } from './kafkajs.ts';
