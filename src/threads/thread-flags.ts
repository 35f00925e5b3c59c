/**
 * What a worker thread needs to be told of Node's flags, as a part of its options. Left alone it inherits them, also those that Node refuses
 * when they are handed on by name (`--max-old-space-size`). Only the kind of a program that was given on the command line
 * (`--input-type`) must not be inherited: the thread has a file.
 */
export function threadFlags(): { readonly execArgv?: string[] } {
  return process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {};
}
