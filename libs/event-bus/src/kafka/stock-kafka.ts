/** Stock client, for specs that act on a broker as outsiders; nothing at run time imports it. */
export { StockKafka } from './kafkajs.ts';
