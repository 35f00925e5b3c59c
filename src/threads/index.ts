export { threadFlags } from './thread-flags.ts';
