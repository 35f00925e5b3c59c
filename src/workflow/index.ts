export { checkEnvironment, type EnvironmentCheck, installHint } from './check-environment.ts';
export type { Failure, RunEvent } from './events.ts';
export type { ProgressTotals, RunTotals } from './run-progress.ts';
export { DEFAULTS, type WorkflowOptions } from './options.ts';
export type { Plan, TypePlan } from './plan-counts.ts';
export { planDownloads } from './plan-downloads.ts';
export { type RunSummary, type TypeRunSummary } from './run-summary.ts';
export { runWorkflow } from './run-workflow.ts';
export { type EnvironmentOptions, validateDownloadEnvironment } from './validate-download-environment.ts';
