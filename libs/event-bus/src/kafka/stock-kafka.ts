/** The stock client, for specs that do to a broker what only outsiders do: nothing that runs imports it. */
export { StockKafka } from './kafkajs.ts';
