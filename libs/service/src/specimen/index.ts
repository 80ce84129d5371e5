export { bodiesOf } from './bodies-of.ts';
export { askWhatever, unreadableEvents } from './ask-whatever.ts';
