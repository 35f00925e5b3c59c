import type { Database } from 'better-sqlite3';
import { RowtrailError } from '../../errors/index.ts';
import { Keeper } from '../recording/keeper.ts';
import { Recorder } from '../recording/recorder.ts';
import { Replayer } from '../recording/replayer.ts';
import { AttemptLog } from './attempt-log.ts';
import { Changes } from './changes.ts';
import { Custody } from './custody.ts';
import { Downloads } from './downloads.ts';
import { generationsOf } from './generations.ts';
import { Items } from './items.ts';
import { Projections } from './projections.ts';
import { Rows } from './rows.ts';
import { Samples } from './samples.ts';
import { Statements } from './statements.ts';
import { Statuses } from './statuses.ts';

export type Operations = ReturnType<typeof makeOperations>['operations'];

/**
 * The ledger's operations as plain synchronous functions of a database; the worker thread runs them inside its
 * transactions. Each leaves the database consistent by itself.
 * @param showing called when rows are read that will be written into the CSV
 */
export function makeOperations(db: Database, showing: () => void) {
  const statements = new Statements(db);
  const items = new Items(statements);
  const log = new AttemptLog(statements);
  const downloads = new Downloads(statements);
  const recorder = new Recorder(downloads, items, log);
  const replayer = new Replayer(downloads, items, log, recorder);
  const rows = new Rows(statements, showing);
  const statuses = new Statuses(statements);
  const changes = new Changes(statements);
  const projections = new Projections(statements);
  const samples = new Samples(statements);
  const custody = new Custody(statements, downloads, items);
  const keeper = new Keeper(downloads, items);

  const operations = {
    begin: recorder.begin.bind(recorder),
    record: recorder.record.bind(recorder),
    reset: recorder.reset.bind(recorder),
    adopt: recorder.adopt.bind(recorder),
    replay: replayer.replay.bind(replayer),
    restore: replayer.restore.bind(replayer),
    renameRow: downloads.renameRow.bind(downloads),
    recover: downloads.recover.bind(downloads),
    letIn: downloads.letIn.bind(downloads),
    dueWith: downloads.dueWith.bind(downloads),
    setLinks: downloads.setLinks.bind(downloads),
    row: rows.row.bind(rows),
    rowsAfter: rows.rowsAfter.bind(rows),
    unprojected: rows.unprojected.bind(rows),
    statusesAfter: statuses.after.bind(statuses),
    statusesBeside: statuses.beside.bind(statuses),
    lastChange: changes.last.bind(changes),
    changesAfter: changes.after.bind(changes),
    openCausesAfter: changes.openCauses.bind(changes),
    filesNamed: items.filesNamed.bind(items),
    filesWithHash: items.filesWithHash.bind(items),
    filesOfMedium: custody.filesOfMedium.bind(custody),
    itemsAfter: custody.itemsAfter.bind(custody),
    loseItems: keeper.loseItems.bind(keeper),
    regainItems: keeper.regainItems.bind(keeper),
    holdItems: keeper.holdItems.bind(keeper),
    forgetRow: custody.forgetRow.bind(custody),
    countRecordsOf: custody.countRecordsOf.bind(custody),
    placesOf: custody.placesOf.bind(custody),
    wasProjected: projections.wasProjected.bind(projections),
    markProjected: projections.markProjected.bind(projections),
    csvMark: projections.csvMark.bind(projections),
    stepsFrom: projections.stepsFrom.bind(projections),
    recordSample: samples.record.bind(samples),
    dropSamples: samples.drop.bind(samples),
    samplesAfter: samples.after.bind(samples),
    attemptsAfter: log.minutesAfter.bind(log),
    recentErrors: log.recentErrors.bind(log),
    attemptsOf: (rowId: string) => generationsOf(statements, rowId),
    totals: downloads.totals.bind(downloads),
    check: () => check(statements),
  };
  return {
    operations,
    beforeCommit: () => {
      log.writeSums();
      downloads.writeTotals();
      statements.writeSeq();
    },
    afterRollback: () => {
      log.forgetSums();
      downloads.forgetTotals();
      statements.forgetSeq();
    },
  };
}

/** Looks through the whole database; throws when it is damaged. */
function check(statements: Statements): void {
  const [finding] = statements.pragma('quick_check(1)') as readonly { quick_check: string }[];
  if (finding?.quick_check !== 'ok')
    throw new RowtrailError('ledger_corrupt', `the ledger is damaged: ${finding?.quick_check}`);
}
