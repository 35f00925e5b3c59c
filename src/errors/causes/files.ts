import { facts } from '../cause-facts.ts';
import { ErrorCategory as C } from '../error-category.ts';

/** What is wrong with files that arrived long ago, or with what is said of them. */
export const FILE_CAUSES = {
  file_lost: facts({
    category: C.FILE_IO,
    verdict: 'later',
    remedy: 'run_again',
    recognisedBy: '`verify --repair`: a file on record that is not on the disk',
    nextStep: 'Its file is gone from the disk: run again, it is fetched anew.',
  }),
  file_changing: facts({
    category: C.FILE_IO,
    verdict: 'again',
    remedy: 'run_again',
    recognisedBy: 'size and time of a file before and after it was read',
    nextStep: 'Somebody writes into this file: try again when it is still.',
  }),
  link_loop: facts({
    category: C.FILE_IO,
    verdict: 'again',
    remedy: 'machine',
    recognisedBy: 'ELOOP',
    nextStep: 'These symbolic links lead to nothing but each other: remove or correct them.',
  }),
  ambiguous_row: facts({
    category: C.VALIDATION,
    verdict: 'never',
    remedy: 'read_help',
    recognisedBy: 'a file or a row_id that several rows lay claim to',
    nextStep:
      'Say which one is meant: name the CSV with --csv-path, or correct the metadata file that is wrong.',
  }),
};
