export { canonicalJson } from '@tokengrid/contracts';
