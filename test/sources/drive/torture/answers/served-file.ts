/** What tells the versions of a file apart. */
type Validators = 'strong' | 'weak' | 'date' | 'strong and date' | 'weak, one date' | 'none';
/** What x-goog-hash says of a file, if anything. */
type HashHabit = 'none' | 'crc32c' | 'md5' | 'both' | 'wrong' | 'garbage';

/** A file as its host has it all the time. */
export interface ServedFile {
  readonly size: number;
  /** What comes before these bytes, where the kind of file is known by it. */
  readonly begins?: string;
  /** By how much the second version is longer. */
  readonly longer: number;
  /** The request from which on there is the second version; null: never. */
  readonly changesAt: number | null;
  readonly validators: Validators;
  readonly hash: HashHabit;
  /** Which answers say it. */
  readonly hashOn: 'all' | 'whole' | 'parts';
  readonly ranges: 'given' | 'given, If-Range ignored' | 'ignored' | 'refused';
}
