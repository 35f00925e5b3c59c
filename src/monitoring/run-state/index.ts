export { readRunNote, type RunFailure, type RunNote, type RunTransfer, writeRunNote } from './run-note.ts';
export {
  type EndedRun,
  getRunState,
  type GoingRun,
  pauseRun,
  resumeRun,
  type RunState,
  stopRun,
} from './run-state.ts';
export { readRunWish, removeRunWish, type RunWish, writeRunWish } from './run-wish.ts';
