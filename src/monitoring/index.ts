export {
  alertConditions,
  type AlertCondition,
  type AlertSeverity,
  type Comparison,
  DEFAULT_ALERTS,
  type GivenCondition,
} from './alerts/condition.ts';
export type { AlertTarget, AlertTargets, DeliveryLimits, DeliveryResult } from './alerts/deliver.ts';
export type { Alert } from './alerts/evaluate.ts';
export type { AlertMetric } from './alerts/metric-table.ts';
export { DownloadMonitor, type MonitorOptions } from './download-monitor.ts';
export type { DownloadStats } from './download-stats.ts';
export type { FailedDownloadDetail } from './failed-downloads.ts';
export { type HealthOptions, type HealthServer, serveHealth } from './health-server.ts';
export { renderReportHtml } from './html/render-report-html.ts';
export type { CauseCount } from './ledger-facts.ts';
export { type ClosingWords, MetricsSampler, type SamplerOptions } from './metrics-sampler.ts';
export { getPausedHosts, type PausedHostsOptions } from './paused-hosts.ts';
export { PROMETHEUS_CONTENT_TYPE, renderPrometheus } from './prometheus.ts';
export type { Recommendation } from './recommendations.ts';
export type { StatusReport } from './report.ts';
export {
  type EndedRun,
  getRunState,
  type GoingRun,
  pauseRun,
  readRunWish,
  removeRunWish,
  resumeRun,
  type RunFailure,
  type RunNote,
  type RunState,
  type RunTransfer,
  type RunWish,
  stopRun,
  writeRunNote,
} from './run-state/index.ts';
export { RunningCounts } from './running-counts.ts';
export { getStoreActivity, type StoreActivity } from './store-activity.ts';
export type { SystemMetrics } from './system-metrics.ts';
export type { MetricTrend, Trend, TrendMetric, TrendPoint } from './trend.ts';
