export { checkEnvironment, type EnvironmentCheck, installHint } from './environment/check-environment.ts';
export type { Failure, RunEvent } from './reporting/events.ts';
export type { ProgressTotals, RunTotals } from './reporting/run-progress.ts';
export { DEFAULTS, type WorkflowOptions } from './options.ts';
export type { Plan, TypePlan } from './planning/plan-counts.ts';
export { planDownloads } from './planning/plan-downloads.ts';
export { type RunSummary, type TypeRunSummary } from './reporting/run-summary.ts';
export { runWorker, type WorkerOptions, type WorkerSummary } from './worker/run-worker.ts';
export { runWorkflow } from './run-workflow.ts';
export {
  type EnvironmentOptions,
  validateDownloadEnvironment,
} from './environment/validate-download-environment.ts';
export { type SheetCopy, type SheetCopyOptions, syncSheet } from './sync-sheet.ts';
export { isSheetAddress } from '../sources/index.ts';
